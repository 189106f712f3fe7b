#include "remedies.hpp"

namespace fit_csv {

namespace {

std::string remedy(const gradus::FitReport& report, const Options& options) {
    using gradus::Cause;
    const std::string wider = options.scalar == "float" ? "--scalar double" : "--scalar long-double";
    const bool has_steps = !options.is_scale_free() && !options.is_direct();
    const std::string ten_times = "--max-iterations " + std::to_string(10 * std::max(report.iterations, 1));
    switch (report.cause) {
    case Cause::none:
        return "";
    case Cause::separated:
    case Cause::existence_in_doubt:
        return options.model == "logistic" ? "--firth, or --penalty ridge=1e-3" : "--penalty ridge=1e-3";
    case Cause::unbounded:
    case Cause::saddle:
        return "--penalty ridge=1e-3";
    case Cause::rank_deficient:
        return options.is_linear() && options.solver != "qr" ? "--solver qr" : wider;
    case Cause::rounding_floor:
    case Cause::overflow:
        return wider;
    case Cause::badly_scaled:
        return "--solver newton";
    case Cause::step_too_long:
        return options.step ? "a smaller --step, or none" : "--solver newton";
    case Cause::stopped_by_observer:
        return ten_times;
    default:
        break;
    }
    if (report.status == gradus::Status::too_large) return "--solver newton-cg";
    return has_steps ? "--solver newton, or " + ten_times : report.cause == Cause::budget_used_up ? ten_times : wider;
}

}  // namespace

void put_remedy_in_options(gradus::FitReport& report, const Options& options) {
    report.remedy = remedy(report, options);
}

}  // namespace fit_csv
