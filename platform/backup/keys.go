package backup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"filippo.io/age"
)

// Recipients are those whom a backup is encrypted to, by what age calls them.
func Recipients(names []string) (out []age.Recipient, err error) {
	for _, name := range names {
		r, err := age.ParseX25519Recipient(strings.TrimSpace(name))
		if err != nil {
			return nil, fmt.Errorf("%q is no key to encrypt to: it begins with age1, and withus backup key makes one", name)
		}
		out = append(out, r)
	}
	return out, nil
}

// Keys reads a file with keys that open backups, as NewKey or age-keygen write
// it. What is wrong with one is not said: it would be shown.
func Keys(file string) (out []age.Identity, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(io.LimitReader(f, 1<<20)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		k, err := age.ParseX25519Identity(line)
		if err != nil {
			out = nil
			break
		}
		out = append(out, k)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s holds no key that opens backups: those begin with AGE-SECRET-KEY-1", file)
	}
	return out, nil
}

// NewKey writes a new key into a new file, and gives the name to encrypt to.
func NewKey(file string) (recipient string, err error) {
	k, err := age.GenerateX25519Identity()
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintf(f, "# created: %s\n# public key: %s\n%s\n", time.Now().UTC().Format(time.RFC3339), k.Recipient(), k)
	if err == nil {
		err = f.Sync()
	}
	return k.Recipient().String(), errors.Join(err, f.Close())
}
