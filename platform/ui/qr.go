package ui

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// margin is how many dots of white stand around a code.
const margin = 4

// qrOf makes the code of an address. One too long for any code has none; an
// address of ours is not.
func qrOf(address string) *qr.Code {
	c, err := qr.Encode(address, qr.M)
	if err != nil {
		return &qr.Code{}
	}
	return c
}

func qrBox(address string) string {
	n := qrOf(address).Size + 2*margin
	return fmt.Sprintf("0 0 %d %d", n, n)
}

// qrPath draws the black of a code, each row's runs as bars.
func qrPath(address string) string {
	c := qrOf(address)
	var b strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+margin, y+margin, x-from, x-from)
			}
		}
	}
	return b.String()
}
