# Odds ratios with intervals, ROC curves, calibration, and residuals against leverage
set terminal svg size 700,800 font 'sans-serif,14' background '#ffffff' linewidth 1.5
set multiplot layout 2,2 title 'Low birth weight: what the fit says, and what speaks for and against it' font ',16'
set lmargin at screen 0.2; set rmargin at screen 0.48; set bmargin at screen 0.575; set tmargin at screen 0.9
set title 'Odds ratios, 95 % intervals' font ',14'
set logscale x; set xrange [0.32:32]; set yrange [8.6:-0.6]; set xlabel 'odds ratio'
set xtics (0.5, 1, 2, 4, 8, 16)
set ytics ('age, 10 years' 0, 'weight, 10 lb' 1, 'black' 2, 'other' 3, 'smoker' 4, 'preterm' 5, 'hypertens.' 6, 'irritable' 7, 'visits' 8)
set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb grey lw 0.8
unit(i) = i < 2 ? 10 : 1
plot $effects using (exp($1 * unit($0))):0:(exp(($1 - $2) * unit($0))):(exp(($1 + $2) * unit($0))) with xerrorbars pt 7 ps 0.6 lw 1.3 lc rgb blue
unset arrow; unset logscale
set lmargin at screen 0.63; set rmargin at screen 0.98
set title 'ROC curve'
set xrange [0:1]; set yrange [0:1]; set xtics 0.25; set ytics 0.25; set xlabel 'false positive rate'; set ylabel 'true positive rate' offset 1
set label sprintf("rows of the fit\narea %.2f", auc) at 0.97, 0.41 right tc rgb blue
set label sprintf("unseen rows\narea %.2f", honest) at 0.97, 0.19 right tc rgb red
plot x with lines lc rgb grey dt 2 lw 0.8, $unseen_roc with lines lc rgb red lw 1.3, $fitted_roc with lines lc rgb blue lw 2
unset label
set lmargin at screen 0.14; set rmargin at screen 0.48; set bmargin at screen 0.095; set tmargin at screen 0.42
set title 'Calibration, in sixths'
set xlabel 'predicted probability'; set ylabel 'observed frequency'
set label 'rows of the fit' at 0.04, 0.93 tc rgb blue; set label 'unseen rows' at 0.04, 0.83 tc rgb red
# Wilson's interval of a share q of m, which stays within 0 and 1
share(q, m) = 1 + 1.96**2 / m
middle(q, m) = (q + 1.96**2 / (2 * m)) / share(q, m)
reach(q, m) = 1.96 * sqrt(q * (1 - q) / m + (1.96 / (2 * m))**2) / share(q, m)
low(q, m) = middle(q, m) - reach(q, m); high(q, m) = middle(q, m) + reach(q, m)
plot x with lines lc rgb grey dt 2 lw 0.8, $unseen_sixths using ($1 + 0.006):2:(low($2, $3)):(high($2, $3)) with yerrorbars pt 9 ps 0.7 lw 1 lc rgb red, \
     $fitted_sixths using 1:2:(low($2, $3)):(high($2, $3)) with yerrorbars pt 7 ps 0.6 lw 1 lc rgb blue
unset label
set lmargin at screen 0.63; set rmargin at screen 0.98
set title "Residuals; area: Cook's distance"
set xlabel 'leverage'; set ylabel 'deviance residual'
set xrange [0:0.2]; set yrange [-3:3]; set xtics 0.05; set ytics 1
set label 'light' at 0.195, 2.6 right tc rgb red; set label 'not light' at 0.195, -2.6 right tc rgb blue
set arrow from 0, 0 to graph 1, first 0 nohead lc rgb grey lw 0.8
plot $rows using 1:2:(0.2 + 6 * sqrt($3)):($4 > 0.5 ? 0xd55e00 : 0x0072b2) with points pt 6 ps variable lw 0.8 lc rgb variable
