// compiles
static_assert(false, "not at all");
