package group

import (
	"os"
	"strings"
	"testing"
	"time"
)

// A big list is a matter of seconds. WITHUS_SLOW measures it.
func TestImportSpeed(t *testing.T) {
	if os.Getenv("WITHUS_SLOW") == "" {
		t.Skip("WITHUS_SLOW is not set")
	}
	from := emptyRoom(t)
	fillDemo(t, from, 10_000)
	list := exported(t, from)
	noIDs := strings.Replace(list, "id,name", "key,name", 1)
	withImport(t, func(t *testing.T, s *Service) {
		for _, c := range []struct {
			what string
			list string
			o    ImportOptions
		}{
			{"dry run, without ids", noIDs, ImportOptions{DryRun: true}},
			{"dry run", list, ImportOptions{DryRun: true}},
			{"new, published", list, ImportOptions{Publish: true}},
			{"again", list, ImportOptions{}},
			{"again, by name and place", noIDs, ImportOptions{}},
		} {
			start := time.Now()
			r := mustImport(t, s, c.list, c.o)
			t.Logf("%s: %d rows in %v: %s", c.what, r.Rows, time.Since(start).Round(10*time.Millisecond), sums(r))
		}
	})
}
