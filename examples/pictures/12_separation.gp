# Probability of O-ring damage by temperature; log-likelihood and Firth's along a separating direction
set multiplot layout 1,2 title "A likelihood that keeps rising, and Firth's, which does not" font ',16'
@left
set title 'O-rings of 23 flights' font ',14'
set xlabel 'temperature at launch (°F)'; set ylabel 'damage (1: yes) and its probability'
set xrange [29:84]; set yrange [-0.08:1.08]; set ytics 0.25; set xtics (31, 40, 50, 60, 70, 80)
set arrow from 31, graph 0 to 31, graph 1 nohead dt 2 lc rgb grey; set label 'Challenger' at 32, 0.12 tc rgb grey
set label 'likelihood' at 68, 0.83 tc rgb blue; set label 'Firth' at 68, 0.75 tc rgb red
stack(t) = (n = t == last ? n + 1 : 0, last = t, n)
last = 0; n = 0
plot $Firth using 1:3:4 with filledcurves fc rgb pale_red, for [i=3:4] $likelihood using 1:i with lines lc rgb blue lw 1 dt 2, \
     $likelihood using 1:2 with lines lc rgb blue lw 2, $Firth using 1:2 with lines lc rgb red lw 2, \
     for [y=0:1] $flights using 1:($2 == y ? y + (1 - 2 * y) * 0.035 * stack($1) : NaN) with points pt 7 ps 0.6 lc rgb 'black'
unset arrow; unset label
@right
set title 'Two species of iris, one direction'
set xlabel "multiple of Firth's coefficients"; set ylabel 'log-likelihood' offset 1
set xrange [0:3]; set yrange [-20:1]; set xtics 1; set ytics 5
set label "likelihood:\nkeeps rising" at 2.95, -1.4 right tc rgb blue
set label "with Firth's penalty:\na maximum" at 1.06, -11.4 tc rgb red
set arrow from 1, graph 0 to 1, graph 1 nohead dt 2 lc rgb grey
plot 0 with lines lc rgb grey lw 0.8, $rays using 1:2 with lines lc rgb blue lw 2, $rays using 1:3 with lines lc rgb red lw 2
