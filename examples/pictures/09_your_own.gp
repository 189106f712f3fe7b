# Lines of a loss that punishes being too low; a solver against gradient descent
set multiplot layout 1,2 title 'A loss and a solver of your own work with the models that are there' font ',16'
@left
set title 'My loss: a price on being too low' font ',14'
set xlabel 'alcohol of the wine (%)'; set ylabel 'intensity of its colour' offset 1
set xrange [11:15.2]; set yrange [0:17]
set xtics 1; set key top left Left reverse samplen 1.5
plot $wines with points pt 7 ps 0.4 lc rgb '#aaaaaa', a27 * x + b27 with lines lc rgb red lw 2 title 'too low costs 9 times', \
     a3 * x + b3 with lines lc rgb 'black' lw 2 title 'the same', a0 * x + b0 with lines lc rgb blue lw 2 title 'a ninth'
@right; set xtics autofreq; set ytics autofreq
set title 'My solver: BFGS' font ',14'
set xlabel 'step of the solver'; set ylabel 'relative gradient' offset 0.5
set mxtics 1; set mytics 1; set logscale xy; set format '10^{%T}'; set xrange [1:2e4]; set yrange [1e-9:10]
set label 'BFGS' at 60, 1e-6 tc rgb blue; set label "gradient\ndescent" at 300, 6e-3 tc rgb red
plot $descent with lines lc rgb red lw 1.5, $bfgs with lines lc rgb blue lw 2
