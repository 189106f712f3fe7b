# Left: coefficients of the lasso against the logarithm of lambda; right: loss of the rows fitted, of those left out, and of others
set multiplot layout 1,2 title "The lasso on 200 tumours and 495 features" font ',16'
@left
set title 'Coefficients; above: how many' font ',14' offset 0,0.8
set xlabel 'log_{10} lambda'; set ylabel 'coefficient' offset 1
set xrange [0:-3.5]; set xtics 1
set arrow from best, graph 0 to best, graph 1 nohead dt 2 lc rgb grey
set arrow from cautious, graph 0 to cautious, graph 1 nohead dt 2 lc rgb grey
do for [i=1:|$losses|:12] {
    set label word($losses[i], 6) at real(word($losses[i], 1)), graph 1.04 center tc rgb grey
}
curves = ''
do for [i=0:lines-1] { curves = curves . sprintf('%s$w%d using 1:2 with lines lw 1', i ? ', ' : '', i) }
eval 'plot ' . curves
unset label
@right
set title 'Mean loss' font ',14' offset 0,0.8
set ylabel 'log-loss' offset 1
set yrange [0:0.75]; set ytics 0.2
set label 'one s.e.' at cautious, graph 1.04 right tc rgb grey; set label 'least' at best, graph 1.04 left tc rgb grey
set label "left out in turn,\n+- one s.e." at -2.45, 0.5 right tc rgb green
set label "other\ntumours" at -3.45, 0.095 right front tc rgb red; set label 'fitted' at -2.0, 0.03 right front tc rgb blue
plot $losses using 1:($4 - $5):($4 + $5) with filledcurves fc rgb pale_green, \
     $losses using 1:4 with lines lc rgb green lw 2, $losses using 1:2 with lines lc rgb blue lw 2, \
     $losses using 1:3 with lines lc rgb red lw 2
