//go:build !race

package faults

const watched = false
