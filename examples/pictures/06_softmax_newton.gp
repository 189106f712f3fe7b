set multiplot layout 1,2 title sprintf('Newton doubles its digits with each sweep; gradient descent adds one in %.0f', per_digit) font ',16'
set logscale xy; set format '10^{%T}'; set yrange [1e-16:2]; set mxtics 1; set mytics 1
@left; set lmargin at screen 0.15
set title 'By work' font ',14'; set xrange [1:2e4]
set xlabel 'sweeps over the data'; set ylabel 'relative error of the coefficients'
set label 'Newton' at 10, 1e-9 tc rgb blue; set label "gradient\ndescent" at 2300, 3e-8 right tc rgb red
plot $newton using 1:2 every ::1 with linespoints pt 7 ps 0.6 lc rgb blue lw 2, $descent using 1:2 every ::1 with lines lc rgb red lw 2
unset label
@right
set title 'By time, on one computer'; set xlabel 'milliseconds'; unset ylabel; set xrange [*:*]
plot $newton using 3:2 every ::1 with linespoints pt 7 ps 0.6 lc rgb blue lw 2, $descent using 3:2 every ::1 with lines lc rgb red lw 2
