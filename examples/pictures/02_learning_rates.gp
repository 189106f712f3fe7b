# Error against steps for four learning rates; the part of the error along the steepest direction
set multiplot layout 1,2 title 'Steps below 2/L converge, steps above diverge, each as fast as predicted' font ',16'
@left; set lmargin at screen 0.12; set rmargin at screen 0.46
set title 'The error (points) and as predicted (lines)' font ',14'
set xlabel 'step of gradient descent'; set ylabel 'relative error of the coefficients' offset 0.5
set xrange [0:250]; set logscale y; set format y '10^{%T}'; set yrange [1e-8:1e5]; set ytics 1e2; set mytics 1; set xtics 50
set label "2.1/L:\ndiverges" at 103, 2e3 tc rgb red; set label '0.1/L: crawls' at 245, 1.2 right tc rgb grey
set label "0.9/L:\nconverges" at 140, 2e-3 tc rgb blue; set label "1.9/L:\noscillates" at 100, 1.5e-6 right tc rgb green
predicted(t, k) = sqrt(part**2 * (1 - t * L)**(2 * int(k + 0.5)) + (1 - part**2) * (1 - t * mu)**(2 * int(k + 0.5)))
set samples 251
names = 'diverges crawls converges oscillates'; array colors[4] = [red, grey, blue, green]; array steps[4] = [diverges_step, crawls_step, converges_step, oscillates_step]
plot for [s=1:4] predicted(steps[s], x) with lines lc rgb colors[s] lw 0.7, \
     for [s=1:4] '$'.word(names, s) using 1:2 every (s == 1 ? 5 : 10) with points pt 7 ps 0.4 lc rgb colors[s]
unset label; unset logscale y; set format y '%g'
@right; set lmargin at screen 0.57; set rmargin at screen 0.83
set title 'Its part along the steepest direction' offset 4
set xlabel 'step of gradient descent'; set ylabel 'error, 1 at the start' offset 1
set xrange [0:9]; set yrange [-2.5:2.5]; set ytics 1; set xtics 1
factors = '-1.1 0.9 0.1 -0.9'; heights = '-2.36 0.39 0 -0.39'
do for [s=1:4] { set label word('2.1 0.1 0.9 1.9', s).'/L: times '.word(factors, s) at 9.2, word(heights, s) + 0 tc rgb colors[s] font ',12' }
plot for [s=1:4] '$'.word(names, s) using 1:3 with linespoints pt 7 ps 0.4 lc rgb colors[s]
