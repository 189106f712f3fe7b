# Left: coefficients of the lasso against the logarithm of lambda; right: mean loss of the training rows, by cross-validation, and of test rows
set multiplot layout 1,2 title "The lasso on 200 tumours and 495 features" font ',16'
@left
set title 'Coefficients; above: nonzero' font ',14'
set xlabel 'log₁₀ λ'; set ylabel 'coefficient' offset 1
set xrange [0:-3.5]; set xtics 1
set arrow from best, graph 0 to best, graph 1 nohead dt 2 lc rgb grey
set arrow from cautious, graph 0 to cautious, graph 1 nohead dt 2 lc rgb grey
do for [i=1:|$losses|:12] {
    set label word($losses[i], 6) at real(word($losses[i], 1)), graph 1.04 center tc rgb grey
}
curves = ''
do for [i=0:lines-1] { curves = curves . sprintf('%s$w%d using 1:2 with lines lw 1', i ? ', ' : '', i) }
eval 'plot ' . curves
unset label; unset arrow
@right
set title 'Mean loss' font ',14'
set ylabel 'log-loss' offset 1
set yrange [0:0.75]; set ytics 0.2
set label 'one s.e.' at cautious, graph 1.04 right tc rgb grey; set label 'minimum' at best, graph 1.04 left tc rgb grey
do for [at in sprintf('%g %g', best, cautious)] { # with a gap for the words
    set arrow from real(at), 0 to real(at), 0.53 nohead dt 2 lc rgb grey
    set arrow from real(at), 0.66 to real(at), 0.75 nohead dt 2 lc rgb grey
}
set label "cross-validation,\n± one s.e." at -2.8, 0.62 right tc rgb green
set label 'test rows' at -3.45, 0.08 right front tc rgb red; set label 'training rows' at -1.5, 0.03 right front tc rgb blue
plot $losses using 1:($4 - $5):($4 + $5) with filledcurves fc rgb pale_green, \
     $losses using 1:4 with lines lc rgb green lw 2, $losses using 1:2 with lines lc rgb blue lw 2, \
     $losses using 1:3 with lines lc rgb red lw 2
