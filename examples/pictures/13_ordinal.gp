# Densities of the latent satisfaction cut at two thresholds; shares of answers of 24 kinds of households
set multiplot layout 1,2 title 'Ordered answers: one latent variable, cut at thresholds' font ',16'
density(x) = 1 / (exp(x / 2) + exp(-x / 2))**2
F(x) = 1 / (1 + exp(-x))
@left; set lmargin at screen 0.06; set rmargin at screen 0.47
set title 'Much influence shifts the density' font ',14'
set xlabel "latent satisfaction"; unset ytics; set border 1
set xrange [-4.2:5.4]; set yrange [0:0.64]; set xtics 2
set arrow from t0, 0 to t0, 0.6 nohead dt 2 lc rgb grey; set arrow from t1, 0 to t1, 0.6 nohead dt 2 lc rgb grey
set label 'low' at t0 - 0.75, 0.62 right tc rgb red; set label 'medium' at (t0 + t1) / 2, 0.62 center tc rgb grey; set label 'high' at t1 + 0.75, 0.62 tc rgb blue
set label 'little' at -4.1, 0.42 tc rgb '#444444'; set label 'much' at -4.1, 0.10 tc rgb '#444444'
base(i) = 0.32 * (1 - i)
do for [i=0:1] {
    set label sprintf('%.2f', value(sprintf('p%d0', i))) at t0 - 0.2, base(i) + 0.03 right front tc rgb red
    set label sprintf('%.2f', value(sprintf('p%d1', i))) at (t0 + t1) / 2, base(i) + 0.03 center front tc rgb '#444444'
    set label sprintf('%.2f', value(sprintf('p%d2', i))) at t1 + 0.2, base(i) + 0.03 front tc rgb blue
}
area = "using 1:(base(0)):(base(0) + density($1)) with filledcurves fc rgb"
moved = "using 1:(base(1)):(density($1 - shift)) with filledcurves fc rgb"
plot sample [-4.2:t0] '+' @area pale_red, [t0:t1] '+' @area '#e8e8e8', [t1:5.4] '+' @area pale_blue, \
     [-4.2:t0] '+' @moved pale_red, [t0:t1] '+' @moved '#e8e8e8', [t1:5.4] '+' @moved pale_blue, \
     [-4.2:5.4] '+' using 1:(base(0)) with lines lc rgb '#444444' lw 0.7, \
     [-4.2:5.4] '+' using 1:(base(0) + density($1)) with lines lc rgb '#444444' lw 1.5, [-4.2:5.4] '+' using 1:(density($1 - shift)) with lines lc rgb '#444444' lw 1.5
unset label; unset arrow; set border 3
@right; set lmargin at screen 0.6
set title '24 kinds of households'
set xlabel "x'w"; set ylabel 'P(low), P(low or medium)' offset 1
set xrange [-1.25:1.75]; set yrange [0:1]; set xtics 1; set ytics 0.25
set label 'low' at -1.12, 0.12 tc rgb red front; set label 'medium' at -1.12, 0.73 tc rgb '#444444' front; set label 'high' at 1.62, 0.88 right tc rgb blue front
plot '+' using 1:(0):(F(t0 - $1)) with filledcurves fc rgb pale_red, '+' using 1:(F(t0 - $1)):(F(t1 - $1)) with filledcurves fc rgb '#e8e8e8', \
     '+' using 1:(F(t1 - $1)):(1) with filledcurves fc rgb pale_blue, F(t0 - x) with lines lc rgb red lw 2, F(t1 - x) with lines lc rgb blue lw 2, \
     $kinds using 1:2:(0.11 * sqrt($4)) with points pt 7 ps variable lc rgb red, $kinds using 1:3:(0.11 * sqrt($4)) with points pt 7 ps variable lc rgb blue
