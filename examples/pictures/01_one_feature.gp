# Contours of the loss over slope and intercept, with the path of gradient descent
set title 'Gradient descent drops into the valley quickly and creeps along it slowly'
set xlabel 'slope (reading per concentration)'; set ylabel 'intercept (1000 units of the reading)'
set xrange [-1:2.5]; set yrange [-0.6:1.5]; unset grid
f(a, b) = least + (h11 * (a - best_a)**2 + 2 * h12 * (a - best_a) * (b - best_b) + (b - best_b)**2) / 2
set contour base; set cntrparam levels discrete 0.005, 0.03, 0.1, 0.25, 0.5, 1, 2; unset surface; set isosamples 80
set table $valley; splot f(x, y); unset table
set style textbox opaque noborder
set label 'loss 0.03' at best_a, best_b - sqrt(2 * 0.03) center boxed front tc rgb grey
set label '0.1' at best_a, best_b - sqrt(2 * 0.1) center boxed front tc rgb grey
set label '0.25' at best_a + sqrt(2 * 0.25 / h11), best_b center boxed front tc rgb grey
set label 'start' at -0.3, 1.3 offset 0.7,0 boxed front tc rgb red
do for [k in '1 5 10 20'] {
    stats $path using (column(1)) every ::k::k nooutput; at_a = STATS_min
    stats $path using (column(2)) every ::k::k nooutput; set label 'step '.k at at_a, STATS_min offset -1,-0.7 right boxed front tc rgb red
}
set label 'the closed form: slope 1.0021' at best_a, best_b offset -3,3.5 boxed front
set arrow from best_a + 0.2, best_b + 0.25 to best_a + 0.02, best_b + 0.03 lc rgb 'black' lw 0.8 size 0.03,25
plot $valley using 1:2 with lines lc rgb '#9ab8cc' lw 1, $path with linespoints pt 7 ps 0.45 lc rgb red lw 1.3, \
     '+' using (best_a):(best_b) every ::0::0 with points pt 3 ps 1.3 lc rgb 'black' lw 1.5
