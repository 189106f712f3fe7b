# Error against steps for the full Hessian and a reduced basis, and error against time for Newton and gradient descent
set multiplot layout 1,2 title sprintf('Newton doubles its digits with each step; gradient descent adds one in %.0f', per_digit) font ',16'
set logscale y; set format y '10^{%T}'; set yrange [1e-16:2]; set mxtics 1; set mytics 1
@left; set lmargin at screen 0.13
set title 'Two ways to take the step' font ',14'; set xrange [-0.3:9.5]; set xtics 2
set xlabel "Newton's step"; set ylabel 'relative error of the coefficients' offset 1.2
set label sprintf("pseudo-inverse, 42 × 42:\n%.0f µs a step,\nends at %.0e", full_time, full_error) at 0, 3e-9 tc rgb red
set label sprintf("reduced basis, 28 × 28:\n%.0f µs a step,\nends at %.0e", reduced_time, reduced_error) at 0, 2e-13 tc rgb blue
plot $reduced with linespoints pt 7 ps 0.6 lc rgb blue lw 2, $textbook with points pt 6 ps 1.4 lc rgb red lw 1.5
unset label
@right; set rmargin at screen 0.96
set title 'By time, on one computer'; set xlabel 'milliseconds'; unset ylabel; set logscale x; set format x '10^{%T}'; set xrange [*:*]; set xtics autofreq
set label 'Newton' at graph 0.05, 0.2 tc rgb blue; set label "gradient\ndescent" at graph 0.72, 0.4 right tc rgb red
plot $newton using 3:2 every ::1 with linespoints pt 7 ps 0.6 lc rgb blue lw 2, $descent using 3:2 every ::1 with lines lc rgb red lw 2
