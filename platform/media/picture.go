package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"withus.example/platform/fault"
)

const (
	// MaxBytes is how large a file somebody may send.
	MaxBytes = 12 << 20
	// maxPixels is how many dots a picture may have: the largest that phones make.
	maxPixels = 50_000_000
	// maxMemory is how many bytes a picture may need while it is opened.
	maxMemory = 256 << 20
	// quality of the JPEGs we make, of 100.
	quality = 80
)

// Sides are the longest sides of the pictures that are made for a page, in pixels:
// for a wide screen, and for a small one.
var Sides = []int{1200, 480}

// Face is the side of a picture that stands beside a name, for screens with
// several dots to a pixel.
const Face = 240

// Picture is one picture in every size it is kept in, the largest first.
type Picture []Size

// Size is a picture in one size.
type Size struct {
	Side          int // the one it was made for
	Width, Height int
	JPEG          []byte
}

// Key is what a size of the picture with an id is kept under.
func Key(id string, side int) string { return fmt.Sprintf("%s-%d.jpg", id, side) }

// bench is where pictures are opened, one at a time: a large one needs as much
// memory as a small server has to give.
var bench = make(chan struct{}, 1)

// patience is how long somebody waits for the bench.
const patience = 5 * time.Second

// Read makes a picture of what somebody sent: JPEG, PNG, WebP, or the first
// frame of a GIF, told by what is in it and by nothing that is said of it. The
// picture is turned the right way up, put on white, and drawn anew with each of
// these as its longest side, the largest first; place, time, names and anything
// else that came with it are gone.
//
// What can't be used is Invalid, with a key that says why; Limited, if others
// are before it.
func Read(ctx context.Context, r io.Reader, sides ...int) (Picture, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > MaxBytes {
		return nil, fault.New(fault.Invalid, "media.too-large", "mb", MaxBytes>>20)
	}
	f := formatOf(b)
	if f == nil {
		return nil, fault.New(fault.Invalid, "media.no-picture")
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case bench <- struct{}{}:
		defer func() { <-bench }()
	case <-wait.Done():
		return nil, &fault.Error{Kind: fault.Limited, Key: "media.busy", After: time.Minute}
	}
	img, turn, err := f.open(b)
	if err != nil {
		return nil, err
	}
	return sizes(img, turn, sides)
}

// format is a kind of file we open.
type format struct {
	begins func(b []byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	facts  func(b []byte) facts
}

// facts are what has to be known of a file before it is opened.
type facts struct {
	width, height int // the largest anything in it claims to be, besides its head
	perDot        int // bytes of memory for each dot while it is opened
	turn          int // how it was held: 1 to 8, as EXIF counts; 0: not said
}

var formats = []format{
	{begin("\xff\xd8\xff"), jpeg.DecodeConfig, jpeg.Decode, jpegFacts},
	{begin("\x89PNG\r\n\x1a\n"), png.DecodeConfig, png.Decode, func([]byte) facts { return facts{} }},
	{begin("GIF87a"), gif.DecodeConfig, gif.Decode, func([]byte) facts { return facts{} }},
	{begin("GIF89a"), gif.DecodeConfig, gif.Decode, func([]byte) facts { return facts{} }},
	{func(b []byte) bool { return len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP" }, webp.DecodeConfig, webp.Decode, webpFacts},
}

func begin(with string) func([]byte) bool {
	return func(b []byte) bool { return bytes.HasPrefix(b, []byte(with)) }
}

func formatOf(b []byte) *format {
	for i := range formats {
		if formats[i].begins(b) {
			return &formats[i]
		}
	}
	return nil
}

// open decodes a file, once it is known to be small enough.
func (f *format) open(b []byte) (img image.Image, turn int, err error) {
	broken := func(err error) error {
		return &fault.Error{Kind: fault.Invalid, Key: "media.broken", Err: err}
	}
	defer func() { // a decoder that loses its footing on a hostile file
		if p := recover(); p != nil {
			img, err = nil, broken(errors.New("a decoder panicked"))
		}
	}()
	c, err := f.config(bytes.NewReader(b))
	if err != nil {
		return nil, 0, broken(err)
	}
	x := f.facts(b)
	w, h := max(c.Width, x.width), max(c.Height, x.height)
	if w <= 0 || h <= 0 {
		return nil, 0, broken(errors.New("nothing in it"))
	}
	perDot := max(x.perDot, 4)
	if c.ColorModel == color.RGBA64Model || c.ColorModel == color.NRGBA64Model {
		perDot = 8
	}
	if dots := int64(w) * int64(h); dots > maxPixels || dots*int64(perDot) > maxMemory {
		return nil, 0, fault.New(fault.Invalid, "media.too-many-dots")
	}
	img, err = f.decode(bytes.NewReader(b))
	if err != nil {
		return nil, 0, broken(err)
	}
	if img.Bounds().Empty() {
		return nil, 0, broken(errors.New("nothing in it"))
	}
	return img, x.turn, nil
}

// sizes draws a picture anew in each size. None is larger than what came.
func sizes(img image.Image, turn int, sides []int) (Picture, error) {
	var out Picture
	var from image.Image = turned(reduce(img, sides[0]), turn)
	for _, side := range sides {
		to := from.Bounds()
		if w, h := to.Dx(), to.Dy(); max(w, h) > side {
			small := image.NewRGBA(image.Rect(0, 0, max(1, w*side/max(w, h)), max(1, h*side/max(w, h))))
			draw.CatmullRom.Scale(small, small.Bounds(), from, to, draw.Src, nil)
			from = small
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, from, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
		out = append(out, Size{side, from.Bounds().Dx(), from.Bounds().Dy(), b.Bytes()})
	}
	return out, nil
}

// reduce puts a picture on white, and makes one that is many times larger than
// a side smaller by a whole number: by the mean of each square of dots. Drawing
// at once from fifty million dots would take a quarter of a gigabyte.
func reduce(img image.Image, side int) *image.RGBA {
	b := img.Bounds()
	k := max(1, min(max(b.Dx(), b.Dy())/side, b.Dx(), b.Dy()))
	w, h := b.Dx()/k, b.Dy()/k
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	strip := image.NewRGBA(image.Rect(0, 0, w*k, k))
	for y := range h {
		draw.Draw(strip, strip.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(strip, strip.Bounds(), img, b.Min.Add(image.Pt(0, y*k)), draw.Over)
		for x := range w {
			var sum [4]int
			for i := range k {
				row := strip.Pix[strip.PixOffset(x*k, i):]
				for j := range k * 4 {
					sum[j%4] += int(row[j])
				}
			}
			at := out.Pix[out.PixOffset(x, y):]
			for c := range sum {
				at[c] = uint8((sum[c] + k*k/2) / (k * k))
			}
		}
	}
	return out
}

// turned is a picture as its camera was held.
func turned(img *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if turn >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			var p image.Point // where this dot stood
			switch turn {
			case 2:
				p = image.Pt(w-1-x, y)
			case 3:
				p = image.Pt(w-1-x, h-1-y)
			case 4:
				p = image.Pt(x, h-1-y)
			case 5:
				p = image.Pt(y, x)
			case 6:
				p = image.Pt(y, h-1-x)
			case 7:
				p = image.Pt(w-1-y, h-1-x)
			case 8:
				p = image.Pt(w-1-y, x)
			}
			out.SetRGBA(x, y, img.RGBAAt(p.X, p.Y))
		}
	}
	return out
}
