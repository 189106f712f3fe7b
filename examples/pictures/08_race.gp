set multiplot layout 1,2 title sprintf('Twelve solvers, one logistic model: 12 digits in %.0f sweeps, in %.0f, or never', least, most) font ',16'
ochre = '#c79a00'; violet = '#b0609a'; sky = '#3a9bd0'
set logscale xy; set format '10^{%T}'; set xrange [1:5000]; set yrange [1e-14:3]; set mxtics 1; set mytics 1; set ytics 1e2
set xlabel 'sweeps over the data'
@left; set lmargin at screen 0.13; set rmargin at screen 0.54
set title 'Gradients of all rows' font ',14'
set ylabel "error of the objective, 1 at the start" offset 0.5
set label 'L-BFGS' at 16, 1e-10 right tc rgb blue
set label 'Barzilai-Borwein' at 62, 3e-14 rotate by 96 tc rgb green font ',11'
set label 'conjugate gradients' at 118, 3e-14 rotate by 98 tc rgb sky font ',11'
set label 'backtracking' at 228, 3e-14 rotate by 102 tc rgb ochre font ',11'
set label 'momentum' at 28, 0.4 tc rgb violet; set label 'Nesterov' at 370, 1e-11 tc rgb 'black'
set label "fixed step\n1/L" at 500, 2e-2 tc rgb red
plot $fixed with lines lc rgb red lw 2, $armijo with lines lc rgb ochre lw 1.5, $barzilai with lines lc rgb green lw 1.5, \
     $momentum with lines lc rgb violet lw 1.5, $nesterov with lines lc rgb 'black' lw 1.5, $conjugate with lines lc rgb sky lw 1.5, \
     $lbfgs with lines lc rgb blue lw 2
unset label; unset ylabel
@right; set lmargin at screen 0.60; set rmargin at screen 0.985; set format y ''
set title 'Hessians, or a few rows at a time'
set label 'Newton-CG' at 36, 1e-8 right tc rgb sky; set label 'Newton' at 85, 1e-10 tc rgb blue
set label 'SGD' at 75, 1e-6 tc rgb green; set label 'Adam' at 1300, 8e-6 tc rgb violet; set label 'SAGA' at 850, 1e-12 right tc rgb 'black'
set label "fixed step\n1/L" at 350, 3e-2 tc rgb '#d0906a'
plot $fixed with lines lc rgb '#eeb999' lw 1.5, $newton with linespoints pt 7 ps 0.4 lc rgb blue lw 2, $newton_cg with linespoints pt 7 ps 0.4 lc rgb sky lw 1.5, \
     $sgd with lines lc rgb green lw 1.5, $adam with lines lc rgb violet lw 1.5, $saga with lines lc rgb 'black' lw 1.5
