package egress

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// readBody reads an answer's body to its end, decompressed. A body over limit
// bytes is an error: half an answer taken for a whole one is worse than none.
func readBody(resp *http.Response, method string, limit int64) ([]byte, error) {
	if method == http.MethodHead {
		return nil, nil
	}
	// What is said of the body as it travels isn't true of what we hand on.
	defer resp.Header.Del("Content-Encoding")
	defer resp.Header.Del("Content-Length")
	body := resp.Body
	switch how := strings.ToLower(strings.Join(resp.Header.Values("Content-Encoding"), ",")); how {
	case "", "identity":
	case "gzip", "x-gzip":
		// What comes in is bounded too: gzip can go on for ever without a
		// byte coming out. What can't be compressed grows a little.
		in := bufio.NewReader(http.MaxBytesReader(nil, body, limit+limit/8+1024))
		if _, err := in.Peek(1); err == io.EOF {
			return nil, nil // an answer without a body may still name its encoding
		}
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, tooLarge(err, limit)
		}
		body = z
	default:
		return nil, fmt.Errorf("body encoded as %.40q, and we asked for gzip", how)
	}
	b, err := io.ReadAll(http.MaxBytesReader(nil, body, limit))
	if err != nil {
		return nil, tooLarge(err, limit)
	}
	return b, nil
}

func tooLarge(err error, limit int64) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	}
	return err
}
