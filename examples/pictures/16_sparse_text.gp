# Left: coefficients of words against the logarithm of lambda; right: the words with the largest weights
set multiplot layout 1,2 title "Letters about water or about buses" font ',16'
@left
set title 'The path; blue: words of a topic' font ',14'
set xlabel 'log₁₀ λ'; set ylabel 'coefficient' offset 1
set autoscale x; set xrange [] reverse; set xtics 0.5
set arrow from best, graph 0 to best, graph 1 nohead dt 2 lc rgb grey
set arrow from cautious, graph 0 to cautious, graph 1 nohead dt 2 lc rgb grey
set label 'one s.e.' at cautious, graph 1.04 right tc rgb grey; set label 'minimum' at best, graph 1.04 left tc rgb grey
curves = ''
do for [i=0:others-1] { curves = curves . sprintf('%s$other%d using 1:2 with lines lc rgb grey lw 1', i ? ', ' : '', i) }
do for [i=0:told-1] { curves = curves . sprintf(', $told%d using 1:2 with lines lc rgb blue lw 1.5', i) }
eval 'plot ' . curves
unset label; unset arrow
@right
set title 'The largest weights' font ',14'
set xlabel 'coefficient'; unset ylabel; unset ytics
set xrange [*:*] noreverse; set xtics 1; set yrange [-1:20]
set arrow from 0, graph 0 to 0, graph 1 nohead lc rgb grey
plot $words using (0):1:2:(0) with vectors nohead lw 6 lc rgb blue, \
     $words using ($2 < 0 ? 0.12 : NaN):1:3 with labels left, $words using ($2 > 0 ? -0.12 : NaN):1:3 with labels right
