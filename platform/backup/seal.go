package backup

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

// seal is the end of a backup, made of the SHA-256 of all before it: an empty
// gzip file (RFC 1952) with a comment, so that gzip and tar read on without a
// word.
func seal(sum []byte) []byte {
	const header, nothing = "\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff", "\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	return []byte(header + "sha256:" + hex.EncodeToString(sum) + "\x00" + nothing)
}

var sealSize = len(seal(make([]byte, sha256.Size)))

// sealer passes on what is written, and seals it when it is closed.
type sealer struct {
	out io.Writer
	sum hash.Hash
}

func newSealer(out io.Writer) *sealer { return &sealer{out, sha256.New()} }

func (s *sealer) Write(b []byte) (int, error) {
	s.sum.Write(b)
	return s.out.Write(b)
}

func (s *sealer) Close() error {
	_, err := s.out.Write(seal(s.sum.Sum(nil)))
	return err
}

var errSeal = errors.New("the seal is missing or of something else")

// unsealer reads what was sealed, without the seal; at its end it is errSeal
// where that is not the right one.
type unsealer struct {
	in  *bufio.Reader
	sum hash.Hash
}

func newUnsealer(in io.Reader) *unsealer {
	return &unsealer{bufio.NewReaderSize(in, 64<<10), sha256.New()}
}

func (u *unsealer) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	ahead, err := u.in.Peek(min(len(b)+sealSize, u.in.Size()))
	if err != nil && err != io.EOF {
		return 0, err
	}
	if n := len(ahead) - sealSize; n > 0 {
		copy(b, ahead[:n])
		u.sum.Write(ahead[:n])
		u.in.Discard(n) // it was just seen
		return n, nil
	}
	if string(ahead) != string(seal(u.sum.Sum(nil))) {
		return 0, errSeal
	}
	return 0, io.EOF
}
