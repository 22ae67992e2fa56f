package media

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"withus.example/platform/fault"
)

// canary stands in everything about a picture that is not the picture.
const canary = "qwibbleplace"

var (
	red, blue = color.RGBA{200, 0, 0, 255}, color.RGBA{0, 0, 200, 255}
)

// flag is red on its left half and blue on its right.
func flag(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if m.SetRGBA(x, y, red); x >= w/2 {
				m.SetRGBA(x, y, blue)
			}
		}
	}
	return m
}

func asJPEG(m image.Image) []byte {
	var b bytes.Buffer
	jpeg.Encode(&b, m, nil)
	return b.Bytes()
}

func asPNG(m image.Image) []byte {
	var b bytes.Buffer
	png.Encode(&b, m)
	return b.Bytes()
}

// exif is the block a camera writes: how it was held, and where it was.
func exif(turn uint16) []byte {
	b := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x02")
	b = append(b, 0x01, 0x12, 0, 3, 0, 0, 0, 1, byte(turn>>8), byte(turn), 0, 0)
	b = append(b, 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38) // where: further down
	return append(b, []byte("\x00\x00\x00\x00 GPS 51.5 N "+canary)...)
}

// withPart puts a part in front of a JPEG's others.
func withPart(b []byte, mark byte, part []byte) []byte {
	head := []byte{0xff, 0xd8, 0xff, mark, 0, 0}
	binary.BigEndian.PutUint16(head[4:], uint16(len(part)+2))
	return append(append(head, part...), b[2:]...)
}

// chunk is a chunk of a PNG.
func chunk(kind string, content []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	body := append([]byte(kind), content...)
	return binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
}

// withChunk puts a chunk behind a PNG's head.
func withChunk(b []byte, kind string, content []byte) []byte {
	const head = 8 + 25
	return append(append(bytes.Clone(b[:head]), chunk(kind, content)...), b[head:]...)
}

// onePixel is a WebP of one dot without loss.
var onePixel, _ = base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")

// asWebP is that dot with a block of a camera behind it.
func asWebP(more []byte) []byte {
	out := append(bytes.Clone(onePixel), "EXIF"...)
	out = append(binary.LittleEndian.AppendUint32(out, uint32(len(more))), more...)
	if len(more)%2 == 1 {
		out = append(out, 0)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func read(b []byte) (Picture, error) { return Read(context.Background(), bytes.NewReader(b), Sides...) }

// F6: whatever came with a picture is in none of its sizes, and each is a JPEG
// without any part that could say something.
func TestNothingButThePicture(t *testing.T) {
	text := []byte("Author\x00" + canary)
	var anim bytes.Buffer
	frames := &gif.GIF{Delay: []int{1, 1}}
	for range 2 {
		m := image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{red, blue})
		frames.Image = append(frames.Image, m)
	}
	if err := gif.EncodeAll(&anim, frames); err != nil {
		t.Fatal(err)
	}
	photo := asJPEG(flag(60, 40))
	for name, b := range map[string][]byte{
		"JPEG with EXIF":        withPart(photo, 0xe1, append([]byte("Exif\x00\x00"), exif(1)...)),
		"JPEG with a comment":   withPart(photo, 0xfe, text),
		"JPEG with XMP":         withPart(photo, 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x>"+canary+"</x>")),
		"JPEG with more behind": append(bytes.Clone(photo), "PK\x03\x04"+canary...),
		"PNG with text":         withChunk(asPNG(flag(60, 40)), "tEXt", text),
		"PNG with EXIF":         withChunk(asPNG(flag(60, 40)), "eXIf", exif(1)),
		"PNG with more behind":  append(asPNG(flag(60, 40)), "<script>"+canary...),
		"WebP with EXIF":        asWebP(exif(1)),
		"GIF with more behind":  append(anim.Bytes(), canary...),
	} {
		if !bytes.Contains(b, []byte(canary[:4])) {
			t.Errorf("%s has no canary", name)
		}
		p, err := read(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, s := range p {
			if bytes.Contains(s.JPEG, []byte(canary)) || bytes.Contains(s.JPEG, []byte("Exif")) {
				t.Errorf("%s: what came with it is still there", name)
			}
			for i := 2; s.JPEG[i+1] != 0xda; i += 2 + int(binary.BigEndian.Uint16(s.JPEG[i+2:])) {
				if m := s.JPEG[i+1]; m >= 0xe0 && m <= 0xef || m == 0xfe {
					t.Errorf("%s: a part %#x", name, m)
				}
			}
		}
	}
}

// A picture is turned as its camera was held: the left half of the flag ends
// where that says.
func TestTurned(t *testing.T) {
	for turn, want := range map[uint16]struct{ w, h, x, y int }{ // a dot that must be red
		1: {600, 400, 50, 200}, 2: {600, 400, 550, 200}, 3: {600, 400, 550, 200}, 4: {600, 400, 50, 200},
		5: {400, 600, 200, 50}, 6: {400, 600, 200, 50}, 7: {400, 600, 200, 550}, 8: {400, 600, 200, 550}, 9: {600, 400, 50, 200},
	} {
		p, err := read(withPart(asJPEG(flag(600, 400)), 0xe1, append([]byte("Exif\x00\x00"), exif(turn)...)))
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(p[0].JPEG))
		if err != nil {
			t.Fatal(err)
		}
		r, _, b, _ := m.At(want.x, want.y).RGBA()
		if p[0].Width != want.w || p[0].Height != want.h || r>>8 < 150 || b>>8 > 60 {
			t.Errorf("held as %d: %d by %d, red %d, blue %d", turn, p[0].Width, p[0].Height, r>>8, b>>8)
		}
	}
}

// Sizes fit their sides, nothing is made larger, and what is clear is white.
func TestSizes(t *testing.T) {
	for _, c := range []struct{ w, h, largeW, largeH, smallW, smallH int }{
		{5000, 2500, 1200, 600, 480, 240}, {100, 50, 100, 50, 100, 50}, {700, 1400, 600, 1200, 240, 480}, {3000, 1, 1200, 1, 480, 1}, {1, 1, 1, 1, 1, 1},
	} {
		p, err := read(asPNG(image.NewNRGBA(image.Rect(0, 0, c.w, c.h))))
		if err != nil {
			t.Fatal(err)
		}
		if len(p) != 2 || p[0].Width != c.largeW || p[0].Height != c.largeH || p[1].Width != c.smallW || p[1].Height != c.smallH {
			t.Errorf("%d by %d gives %d by %d and %d by %d", c.w, c.h, p[0].Width, p[0].Height, p[1].Width, p[1].Height)
		}
		m, err := jpeg.Decode(bytes.NewReader(p[0].JPEG))
		if err != nil {
			t.Fatal(err)
		}
		if r, _, _, _ := m.At(0, 0).RGBA(); r>>8 < 250 {
			t.Errorf("%d by %d: what is clear became %d", c.w, c.h, r>>8)
		}
	}
}

// pngHead is the head of a PNG of any size, with hardly anything behind it.
func pngHead(w, h uint32, bits, kind byte) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return append(append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, bits, kind, 0, 0, 0))...), chunk("IDAT", []byte{0x78, 0x9c, 1})...)
}

// F3, F7, C2: what is no picture, only claims to be one, or is broken or too
// much to open, is refused with a sentence and no more.
func TestRefused(t *testing.T) {
	photo, drawing := asJPEG(flag(60, 40)), asPNG(flag(60, 40))
	liar := bytes.Clone(onePixel) // a head of one dot, and a picture of many within
	liar = append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00VP8L\x0d\x00\x00\x00\x2f\xff\xff\xff\x0f"), liar[25:]...)
	binary.LittleEndian.PutUint32(liar[4:], uint32(len(liar)-8))
	passes := bytes.Clone(photo) // in several passes, and larger than they may be
	at := bytes.Index(passes, []byte{0xff, 0xc0})
	passes[at+1] = 0xc2
	binary.BigEndian.PutUint16(passes[at+5:], 6000)
	binary.BigEndian.PutUint16(passes[at+7:], 6000)
	for name, c := range map[string]struct {
		b    []byte
		says string
	}{
		"nothing":                    {nil, "media.no-picture"},
		"SVG":                        {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "media.no-picture"},
		"HTML":                       {[]byte(`<!DOCTYPE html><script>alert(1)</script>`), "media.no-picture"},
		"XML":                        {[]byte(`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`), "media.no-picture"},
		"PDF":                        {[]byte("%PDF-1.7"), "media.no-picture"},
		"ZIP":                        {[]byte("PK\x03\x04"), "media.no-picture"},
		"HEIC":                       {[]byte("\x00\x00\x00\x18ftypheic"), "media.no-picture"},
		"a playlist":                 {[]byte("#EXTM3U\nfile:///etc/passwd"), "media.no-picture"},
		"a picture behind a script":  {append([]byte("<script>"), photo...), "media.no-picture"},
		"a script that begins GIF":   {[]byte("GIF89a/*<svg onload=alert(1)>*/=1;"), "media."},
		"half a JPEG":                {photo[:len(photo)/2], "media.broken"},
		"half a PNG":                 {drawing[:len(drawing)/2], "media.broken"},
		"half a WebP":                {onePixel[:20], "media.broken"},
		"the head of a JPEG":         {photo[:4], "media.broken"},
		"a GIF without frames":       {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "media.broken"},
		"a PNG of four billion dots": {pngHead(1<<16, 1<<16, 8, 2), "media.too-many-dots"},
		"a PNG of very deep dots":    {pngHead(6000, 6000, 16, 6), "media.too-many-dots"},
		"a PNG of a wrong length":    {pngHead(1<<31-1, 1<<31-1, 8, 2), "media."},
		"a GIF of four billion dots": {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00,"), "media.too-many-dots"},
		"a WebP that lies":           {liar, "media.too-many-dots"},
		"a JPEG in many passes":      {passes, "media.too-many-dots"},
		"a very large file":          {append(bytes.Clone(photo), make([]byte, MaxBytes)...), "media.too-large"},
	} {
		p, err := read(c.b)
		f := fault.Of(err)
		if p != nil || f == nil || f.Kind != fault.Invalid || !strings.HasPrefix(f.Key, c.says) {
			t.Errorf("%s: %v, want %s", name, err, c.says)
		}
	}
}

// Whatever is changed in a picture, it is opened or refused.
func FuzzRead(f *testing.F) {
	f.Add(asJPEG(flag(60, 40)))
	f.Add(asPNG(flag(60, 40)))
	f.Add(asWebP(exif(6)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := read(b); err != nil && !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}

// Pictures are opened one at a time; who waits is told when to come back.
func TestOneAtATime(t *testing.T) {
	bench <- struct{}{}
	defer func() { <-bench }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Read(ctx, bytes.NewReader(asPNG(flag(2, 2))), Sides...)
	if f := fault.Of(err); !fault.Is(err, fault.Limited) || f.Key != "media.busy" || f.After == 0 {
		t.Errorf("it says %v", err)
	}
}

// A file that can't be read to its end is an error of ours to mend.
func TestReadFails(t *testing.T) {
	if _, err := Read(t.Context(), io.MultiReader(bytes.NewReader(asPNG(flag(2, 2))), iotestErr{}), Sides...); err == nil || fault.Of(err).Kind != fault.Internal {
		t.Errorf("it says %v", err)
	}
}

type iotestErr struct{}

func (iotestErr) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
