# Error against steps for columns as measured and standardised
set title sprintf('Standardising the columns: %.0f steps of gradient descent instead of %.0f', few, many)
set xlabel 'step of gradient descent'; set ylabel 'relative error of the coefficients'
set mxtics 1; set mytics 1; set logscale xy; set format x '10^{%T}'; set format y '10^{%T}'; set xrange [1:3e5]; set yrange [2e-7:2]
set label sprintf("columns as measured:\ncondition number %.0f", kappa) at 2500, 0.1 right tc rgb red
set label sprintf("columns standardised:\ncondition number %.1f", kappa_standard) at 13, 1e-4 tc rgb blue
plot $measured with lines lc rgb red lw 2, $standard with lines lc rgb blue lw 2
