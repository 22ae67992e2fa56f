package db_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"withus.example/platform/db"
	"withus.example/platform/db/dbtest"
)

// Whoever still writes while the database is closed gets an error, never a
// panic; whatever was acknowledged before is there.
func TestWritesWhileClosing(t *testing.T) {
	dbtest.Each(t, []db.Migrations{things}, func(t *testing.T, at dbtest.Place) {
		d, err := db.Open(t.Context(), at.URL, at.Dir)
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		var acknowledged []string
		enough := make(chan struct{})
		for i := range 8 {
			wg.Go(func() {
				for j := 0; ; j++ {
					name := fmt.Sprintf("%d-%04d", i, j)
					if err := put(context.Background(), d, name); err != nil {
						return
					}
					mu.Lock()
					if acknowledged = append(acknowledged, name); len(acknowledged) == 50 {
						close(enough)
					}
					mu.Unlock()
				}
			})
		}
		<-enough
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
		if err := d.Close(); err != nil {
			t.Error("closed twice:", err)
		}
		if put(context.Background(), d, "late") == nil || d.Ping(context.Background()) == nil {
			t.Error("a closed database answers")
		}
		there := names(t, dbtest.Open(t, at))
		for _, name := range acknowledged {
			if _, ok := slices.BinarySearch(there, name); !ok {
				t.Errorf("%s was acknowledged and is not there", name)
			}
		}
	})
}
