# Log-loss above its least value against readings of the file, for three algorithms
set title 'What an algorithm costs where the rows are far away: readings of the file'
set xlabel 'times the file was read'; set ylabel 'log-loss minus its minimum'
set mytics 1; set logscale y; set format y '10^{%T}'; set xrange [0:50]; set yrange [5e-17:1]
set label 'Newton' at 5.0, 1e-12 right tc rgb blue
set label 'L-BFGS' at 11.5, 1e-8 tc rgb green
set label 'gradient descent' at 22, 1e-6 tc rgb red
plot $newton with linespoints pt 7 ps 0.7 lc rgb blue lw 2, $lbfgs with linespoints pt 7 ps 0.7 lc rgb green lw 2, \
     $descent with linespoints pt 7 ps 0.7 lc rgb red lw 2
