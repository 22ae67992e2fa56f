package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"time"

	"withus.example/platform/fault"
)

const (
	// MaxFile is the most bytes of one file that a form takes; a longer one is
	// cut a byte later, so that whoever reads it can tell.
	MaxFile = 12 << 20
	// mostBody is the most bytes that are read to find out that a file is too
	// long, and to give back what was typed along with it.
	mostBody = 64 << 20
	// mostUploads is how many forms with files are read at a time: they stand in
	// memory, since what somebody sends may say more than they know and is
	// written to no disk as it came.
	mostUploads = 8
	// uploadTime is how long a file may be on its way over a slow line.
	uploadTime = 3 * time.Minute
)

// readParts reads a form of several parts. Files are taken only from somebody
// who may send the form: from anybody else what they typed is kept, and no more.
func (s *Server) readParts(r *Request, form *Form, boundary string, keep bool) (url.Values, map[string][]byte, error) {
	if keep {
		defer s.uploads.Add(-1)
		if s.uploads.Add(1) > mostUploads {
			return nil, nil, &fault.Error{Kind: fault.Limited, After: time.Minute}
		}
		c := http.NewResponseController(r.w)
		// Where the connection can't wait longer, it waits as long as for any form.
		_ = c.SetReadDeadline(time.Now().Add(uploadTime))
		_ = c.SetWriteDeadline(time.Now().Add(uploadTime + time.Minute))
	}
	parts := multipart.NewReader(http.MaxBytesReader(r.w, r.Body, mostBody), boundary)
	values, files := url.Values{}, map[string][]byte{}
	for n, room := 0, int64(formSize); ; n++ {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return values, files, nil
		}
		if err != nil {
			return nil, nil, unread(err)
		}
		if n > mostFields {
			return nil, nil, fault.New(fault.Invalid, "error.toolarge")
		}
		name := part.FormName()
		if slices.Contains(form.Files, name) {
			if !keep {
				continue // the next part is found without keeping this one
			}
			b, err := io.ReadAll(io.LimitReader(part, MaxFile+1))
			if err != nil {
				return nil, nil, unread(err)
			}
			if len(b) > 0 { // something was chosen
				files[name] = b
			}
			continue
		}
		b, err := io.ReadAll(io.LimitReader(part, room+1))
		if err != nil {
			return nil, nil, unread(err)
		}
		if room -= int64(len(b)); room < 0 {
			return nil, nil, fault.New(fault.Invalid, "error.toolarge")
		}
		values.Add(name, string(b))
	}
}
