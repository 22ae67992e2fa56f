package ui

import (
	"fmt"
	"math"
	"strconv"
)

// rgb is a colour of the screen.
type rgb [3]uint8

var black, white = rgb{}, rgb{255, 255, 255}

// colour reads "#rrggbb" and nothing else, so that a theme can't carry CSS.
func colour(s string) (rgb, error) {
	n, err := strconv.ParseUint(s[min(1, len(s)):], 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return rgb{}, fmt.Errorf("%q is no colour: write # and six hexadecimal digits, for example #4f2073", s)
	}
	return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
}

func (c rgb) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// luminance is WCAG 2's relative luminance, 0 to 1.
func (c rgb) luminance() float64 {
	part := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c[0]) + 0.7152*part(c[1]) + 0.0722*part(c[2])
}

// contrast is WCAG 2's contrast ratio, 1 to 21.
func contrast(a, b rgb) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// mix goes a share of the way from c to d.
func (c rgb) mix(d rgb, share float64) (out rgb) {
	for i := range c {
		out[i] = uint8(math.Round(float64(c[i])*(1-share) + float64(d[i])*share))
	}
	return out
}

// lit is the colour with another lightness (HSL, 0 to 1), a little calmer. Mixed
// with white it would turn grey.
func (c rgb) lit(to float64) (out rgb) {
	hi, lo := float64(max(c[0], c[1], c[2]))/255, float64(min(c[0], c[1], c[2]))/255
	l, stretch := (hi+lo)/2, 0.0
	if room := 1 - math.Abs(hi+lo-1); room > 0 {
		stretch = .8 * (1 - math.Abs(2*to-1)) / room
	}
	for i := range c {
		out[i] = uint8(math.Round(255 * min(1, max(0, to+(float64(c[i])/255-l)*stretch))))
	}
	return out
}

// until goes from c towards d, at least a share of the way, and stops as soon
// as the contrast with everything given is enough.
func (c rgb) until(least float64, d rgb, share float64, others ...rgb) rgb {
	for ; share < 1; share += 0.01 {
		m := c.mix(d, share)
		enough := true
		for _, o := range others {
			enough = enough && contrast(m, o) >= least
		}
		if enough {
			return m
		}
	}
	return d
}

// readable is until for small text.
func (c rgb) readable(d rgb, share float64, on ...rgb) rgb { return c.until(small, d, share, on...) }

// What WCAG 2.2 asks for at level AAA.
const (
	small = 7.0 // text of any size
	edge  = 3.0 // borders of controls, shapes that mean something
)
