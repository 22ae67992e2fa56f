package i18n

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
)

// squeezed is how gzip begins, and no JSON does.
var squeezed = []byte{0x1f, 0x8b}

// Unmarshal reads an embedded JSON file of the house's own words. Programs that
// are handed out hold those squeezed: see command squeeze.
func Unmarshal(b []byte, into any) error {
	if !bytes.HasPrefix(b, squeezed) {
		return json.Unmarshal(b, into)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return err
	}
	b, err = io.ReadAll(z)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}
