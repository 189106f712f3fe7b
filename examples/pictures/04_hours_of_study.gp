# Twenty students with the fitted probability of passing, and the two losses along a line
set multiplot layout 1,2 title 'A sigmoid gives the probability; cross-entropy finds it, squared error gets stuck' font ',16'
@left
set title 'Twenty students' font ',14'
set xlabel 'hours of study'; set ylabel 'passed (1: yes) and its probability'
set yrange [-0.08:1.08]; set xrange [0:6]; set ytics 0.25
set arrow from -b / w, graph 0 to -b / w, 0.5 nohead dt 2 lc rgb grey; set label '1/2 at 2.7 h' at -b / w + 0.15, 0.15 tc rgb grey
plot 1 / (1 + exp(-w * x - b)) with lines lc rgb blue lw 2, $students with points pt 7 ps 0.7 lc rgb 'black'
unset arrow; unset label
@right
set title 'Loss along a line through the best fit'
set xlabel 'multiple of the fitted coefficients'; set ylabel 'mean loss, in multiples of that at 0'
set xrange [-5:7]; set yrange [0:4]; set xtics 2; set ytics 1
set label "cross-entropy:\none bowl" at -0.7, 3.6 tc rgb blue; set label "squared\nerror: two\nplateaus" at -4.9, 2.1 tc rgb red
set arrow from 1, graph 0 to 1, graph 0.06 nohead lc rgb grey; set label 'best fit' at 1.2, 0.12 tc rgb grey
plot $entropy using 1:($2 / log(2)) with lines lc rgb blue lw 2, $squares using 1:($2 * 8) with lines lc rgb red lw 2
