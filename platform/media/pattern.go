package media

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
)

// Pattern is rings and discs in the colours of the house, always the same for the
// same number: no photograph of anybody stands for somebody invented.
func Pattern(n uint64, w, h int) image.Image {
	inks := []color.RGBA{{79, 32, 115, 255}, {243, 181, 58, 255}, {251, 248, 241, 255}, {120, 70, 160, 255}}
	r := rand.New(rand.NewPCG(n, 7))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Bounds(), image.NewUniform(inks[0]), image.Point{}, draw.Src)
	for i := range 7 {
		x, y, outer := r.Float64()*float64(w), r.Float64()*float64(h), 60+r.Float64()*200
		inner, ink := 0.0, inks[1+i%3]
		if i%2 == 0 {
			inner = outer - 30
		}
		for py := max(0, int(y-outer)-1); py < min(h, int(y+outer)+2); py++ {
			for px := max(0, int(x-outer)-1); px < min(w, int(x+outer)+2); px++ {
				d := math.Hypot(float64(px)-x, float64(py)-y)
				part := min(clamp(outer-d), clamp(d-inner+1)) // how much of the dot is inked
				if part > 0 {
					was := m.RGBAAt(px, py)
					mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-part) + float64(b)*part) }
					m.SetRGBA(px, py, color.RGBA{mix(was.R, ink.R), mix(was.G, ink.G), mix(was.B, ink.B), 255})
				}
			}
		}
	}
	return m
}

func clamp(f float64) float64 { return max(0, min(1, f)) }
