# Error of the objective against sweeps over the data for twelve solvers
set terminal svg size 700,760 font 'sans-serif,14' background '#ffffff' linewidth 1.5
# a colour for each solver, the fixed step in both panels
ochre = '#c79a00'; violet = '#b0609a'; sky = '#56b4e9'; brown = '#8c510a'; indigo = '#4b2c91'; olive = '#6b8e23'; pink = '#e377c2'; slate = '#5f7080'
set multiplot title sprintf('Twelve solvers, one logistic model: 12 digits in %.0f sweeps, in %.0f, or never', least, most) font ',16'
set logscale xy; set format '10^{%T}'; set xrange [1:5000]; set yrange [1e-14:3]; set mxtics 1; set mytics 1; set ytics 1e2
set ylabel "error of the objective, 1 at the start"
set lmargin at screen 0.14; set rmargin at screen 0.97
set tmargin at screen 0.9; set bmargin at screen 0.55; set format x ''
set title 'Gradients of all rows' font ',14'
# in the order of the curves, from the left
set label "L-BFGS" at 1.15, 1e-7 tc rgb blue
set label "Barzilai-Borwein" at 1.15, 5e-9 tc rgb green
set label "conjugate gradients" at 1.15, 2.5e-10 tc rgb sky
set label "backtracking" at 1.15, 1.2e-11 tc rgb ochre
set label "momentum" at 1.15, 6e-13 tc rgb violet
set label "Nesterov" at 330, 1e-9 tc rgb 'black'
set label "fixed step 1/L" at 700, 1e-2 tc rgb red
plot $fixed with lines lc rgb red lw 2, $armijo with lines lc rgb ochre lw 1.5, $barzilai with lines lc rgb green lw 1.5, \
     $momentum with lines lc rgb violet lw 1.5, $nesterov with lines lc rgb 'black' lw 1.5, $conjugate with lines lc rgb sky lw 1.5, \
     $lbfgs with lines lc rgb blue lw 2
unset label
set tmargin at screen 0.48; set bmargin at screen 0.1; set format x '10^{%T}'; set xlabel 'sweeps over the data'
set title 'Hessians, or a few rows at a time'
set label 'Newton-CG' at 38, 1e-9 right tc rgb brown; set label 'Newton' at 80, 1e-11 tc rgb indigo
set label 'SGD' at 110, 8e-7 tc rgb olive; set label 'Adam' at 1700, 1e-5 tc rgb pink; set label 'SAGA' at 780, 1e-11 right tc rgb slate
set label "fixed step 1/L" at 700, 1e-2 tc rgb red
plot $fixed with lines lc rgb red lw 1, $newton with linespoints pt 7 ps 0.4 lc rgb indigo lw 2, $newton_cg with linespoints pt 7 ps 0.4 lc rgb brown lw 1.5, \
     $sgd with lines lc rgb olive lw 1.5, $adam with lines lc rgb pink lw 1.5, $saga with lines lc rgb slate lw 1.5
