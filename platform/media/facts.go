package media

import (
	"bytes"
	"encoding/binary"
)

// jpegFacts walks the parts of a JPEG up to its dots.
func jpegFacts(b []byte) (x facts) {
	for i := 2; i+4 <= len(b) && b[i] == 0xff; {
		mark := b[i+1]
		if mark == 0xff || mark == 0x01 || mark >= 0xd0 && mark <= 0xd7 { // filling
			i++
			if mark != 0xff {
				i++
			}
			continue
		}
		if mark == 0xda { // the dots begin
			return x
		}
		n := int(binary.BigEndian.Uint16(b[i+2:]))
		if n < 2 || i+2+n > len(b) {
			return x
		}
		part := b[i+4 : i+2+n]
		switch {
		case mark == 0xc2: // comes in several passes, all kept until the last
			x.perDot = 4
			if len(part) > 5 {
				x.perDot = 4 + 4*int(part[5])
			}
		case mark == 0xe1 && bytes.HasPrefix(part, []byte("Exif\x00\x00")) && x.turn == 0:
			x.turn = turnIn(part[6:])
		}
		i += 2 + n
	}
	return x
}

// webpFacts walks the chunks of a WebP. Its head may claim to be smaller than
// what is in it.
func webpFacts(b []byte) (x facts) {
	see := func(w, h int) { x.width, x.height = max(x.width, w), max(x.height, h) }
	for i := 12; i+8 <= len(b); {
		n := int(binary.LittleEndian.Uint32(b[i+4:]))
		end := i + 8 + n
		if n < 0 || end > len(b) {
			end = len(b)
		}
		part := b[i+8 : end]
		switch kind := string(b[i : i+4]); {
		case kind == "VP8 " && len(part) >= 10:
			see(int(binary.LittleEndian.Uint16(part[6:])&0x3fff), int(binary.LittleEndian.Uint16(part[8:])&0x3fff))
		case kind == "VP8L" && len(part) >= 5:
			v := binary.LittleEndian.Uint32(part[1:])
			see(int(v&0x3fff)+1, int(v>>14&0x3fff)+1)
		case kind == "EXIF":
			x.turn = turnIn(bytes.TrimPrefix(part, []byte("Exif\x00\x00")))
		}
		i = end + n%2
	}
	return x
}

// turnIn reads how a camera was held out of EXIF: the tag 0x0112 of its first
// list. 0 if it does not say.
func turnIn(tiff []byte) int {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return 0
	}
	for i := range int(order.Uint16(tiff[at:])) {
		from := at + 2 + 12*i
		if from+12 > len(tiff) {
			return 0
		}
		if order.Uint16(tiff[from:]) == 0x0112 {
			if turn := int(order.Uint16(tiff[from+8:])); turn >= 1 && turn <= 8 {
				return turn
			}
			return 0
		}
	}
	return 0
}
