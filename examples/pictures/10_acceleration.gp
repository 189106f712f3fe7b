# Steps against condition number for gradient descent, momentum and Nesterov's method
set title 'Momentum takes the square root out of the condition number'
set xlabel 'condition number of the Hessian'; set ylabel 'steps to a millionth of the error'
set logscale xy; set format x '10^{%T}'; set format y '10^{%T}'; set xrange [7:3e6]; set yrange [20:1e7]
set label sprintf("gradient descent:\nslope %.2f", slope) at 1.5e3, 3e5 right tc rgb red
set label sprintf("Nesterov:\nslope %.2f", slope_nesterov) at 6e4, 1.1e4 right tc rgb blue
set label sprintf("momentum, constants for kappa:\nslope %.2f", slope_momentum) at 1.2e4, 4e2 tc rgb green
plot $descent with linespoints pt 7 ps 0.7 lc rgb red lw 2, $momentum with linespoints pt 7 ps 0.7 lc rgb green lw 2, $nesterov with linespoints pt 7 ps 0.7 lc rgb blue lw 2
