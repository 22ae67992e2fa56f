//go:build race

package faults

// Under the race detector the program that is broken here is watched too (G7).
const watched = true
