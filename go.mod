module aoc

go 1.26
