// Command bench measures the network against a bare net/http handler that sends
// the same compressed bytes, side by side in one run, and prints the ratios. It
// needs ./withus (make build) and Linux, where it reads the CPU time of each
// process. It asserts nothing: machines are noisy, and a person reads it.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	rounds  = flag.Int("rounds", 5, "paired rounds of each measurement")
	seconds = flag.Float64("seconds", 2, "length of one run, in seconds")
	words   = flag.Int("words", 41, "how many words to search for")
	conns   = flag.Int("c", 8, "connections")
	groups  = flag.Int("groups", 10000, "groups in the example network")
	members = flag.Int("members", 100000, "people in it")
	many    = flag.Int("million", 0, "measure instead what pages cost with so many groups, beside the usual network")
	only    = flag.String("only", "", "measure only what has this in its name")
	dir     = flag.String("dir", ".bin/bench", "folder of the example network, kept between runs")
)

func main() {
	if len(os.Args) == 4 && os.Args[1] == "bare" {
		bare(os.Args[2], os.Args[3])
		return
	}
	flag.Parse()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	if _, err := os.Stat("withus"); err != nil {
		return errors.New("there is no ./withus: run make build")
	}
	data, err := filepath.Abs(*dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	args := func(data string, cache int) []string {
		return []string{"demo", "--data", data, "--groups", fmt.Sprint(*groups), "--members", fmt.Sprint(*members), "--page-cache", fmt.Sprint(cache)}
	}
	made := time.Now()
	keeping, err := start(ctx, args(data, 16))
	if err != nil {
		return err
	}
	defer keeping.stop()
	fmt.Printf("network of %d groups and %d people ready in %.1f s\n", *groups, *members, time.Since(made).Seconds())
	if *many > 0 {
		keeping.stop()
		return large(ctx, data, args)
	}
	rendering, err := start(ctx, args(data, 0))
	if err != nil {
		return err
	}
	defer rendering.stop()

	slugs, said, err := read(keeping.url)
	if err != nil {
		return err
	}
	var cookies []string
	for _, role := range []string{"organiser", "team"} {
		cookie, err := signIn(keeping.url, filepath.Join(data, "demo.json"), role)
		if err != nil {
			return err
		}
		cookies = append(cookies, cookie)
	}
	all := measures(keeping, rendering, slugs, said, cookies[0], cookies[1])
	fmt.Printf("%-28s %9s %9s %12s %26s  %s\n", "", "bare µs", "ours µs", "CPU ratio", "rate ratio (min..max)", "budget")
	for _, m := range all {
		if !strings.Contains(m.name, *only) {
			continue
		}
		if err := compare(ctx, m); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	fmt.Printf("memory after load: %d MiB resident (budget 90)\n", keeping.resident()>>20)
	fmt.Printf("memory after load, rendering: %d MiB resident\n", rendering.resident()>>20)
	if err := crowd(ctx, keeping); err != nil {
		return err
	}
	fmt.Printf("memory while passwords are checked: %d MiB resident, in all processes\n", keeping.resident()>>20)
	if err := firstView(keeping.url); err != nil {
		return err
	}
	if err := mapSize(keeping.url); err != nil {
		return err
	}
	keeping.stop()
	rendering.stop()
	return coldStart(ctx, args(data, 16))
}

// read reads the public list: addresses of groups, and the words in them.
func read(base string) (slugs, words []string, err error) {
	res, err := http.Get(base + "/groups.json")
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	var all []struct{ Slug, Name, About string }
	if err := json.NewDecoder(res.Body).Decode(&all); err != nil {
		return nil, nil, err
	}
	seen := map[string]bool{}
	for _, g := range all {
		slugs = append(slugs, url.PathEscape(g.Slug))
		for _, w := range strings.FieldsFunc(g.Name+" "+g.About, func(r rune) bool { return strings.ContainsRune(" .,;:!?()«»\"'’“”\n؟،", r) }) {
			if w = strings.ToLower(w); !seen[w] {
				seen[w] = true
				words = append(words, w)
			}
		}
	}
	fmt.Printf("%d public groups, %d different words\n", len(slugs), len(words))
	return slugs, words, nil
}

var endOthers = regexp.MustCompile(`(?s)action="/sign-in/devices/end-others".*?name="form_key" value="([^"]+)"`)

// signIn signs the first example person of a role in, on this device alone.
func signIn(base, file, role string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var demo struct {
		People []struct{ Role, Email, Password string }
	}
	if err := json.Unmarshal(b, &demo); err != nil {
		return "", err
	}
	who := slices.IndexFunc(demo.People, func(p struct{ Role, Email, Password string }) bool { return p.Role == role })
	if who < 0 {
		return "", errors.New("nobody in the example network is " + role)
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.PostForm(base+"/sign-in", url.Values{"email": {demo.People[who].Email}, "password": {demo.People[who].Password}})
	if err != nil {
		return "", err
	}
	res.Body.Close()
	i := slices.IndexFunc(res.Cookies(), func(k *http.Cookie) bool { return k.Name == "withus" })
	if i < 0 {
		return "", fmt.Errorf("signing in: %s", res.Status)
	}
	cookie := "withus=" + res.Cookies()[i].Value
	// Earlier runs on the same network are signed in still, and would be listed.
	var page bytes.Buffer
	you, err := http.NewRequest(http.MethodGet, base+"/you", nil)
	if err != nil {
		return "", err
	}
	you.Header.Set("Cookie", cookie)
	if res, err = c.Do(you); err != nil {
		return "", err
	}
	defer res.Body.Close()
	if _, err := page.ReadFrom(res.Body); err != nil {
		return "", err
	}
	key := endOthers.FindSubmatch(page.Bytes())
	if key == nil {
		return cookie, nil
	}
	end, err := http.NewRequest(http.MethodPost, base+"/sign-in/devices/end-others", strings.NewReader("form_key="+string(key[1])))
	if err != nil {
		return "", err
	}
	end.Header.Set("Cookie", cookie)
	end.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if res, err = c.Do(end); err != nil {
		return "", err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("ending other sessions: %s", res.Status)
	}
	return cookie, nil
}

// fetch reads a page as a browser takes it: compressed.
func fetch(u, cookie string) (body []byte, kind string, err error) {
	r, err := http.NewRequest(http.MethodGet, u, nil)
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("%s: %s", u, res.Status)
	}
	body, err = io.ReadAll(res.Body)
	return body, res.Header.Get("Content-Type"), err
}

var assets = regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`)

// firstView counts what a first visit costs, compressed.
func firstView(base string) error {
	for _, path := range []string{"/", "/groups"} {
		fetch(base+path, "") // the second answer is the one that is kept
		html, _, err := fetch(base+path, "")
		if err != nil {
			return err
		}
		res, err := http.Get(base + path)
		if err != nil {
			return err
		}
		plain, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return err
		}
		total, fonts := len(html), 0
		for _, m := range assets.FindAllStringSubmatch(string(plain), -1) {
			b, _, err := fetch(base+m[1], "")
			if err != nil {
				return err
			}
			total += len(b)
			if !strings.Contains(m[1], ".css") {
				continue
			}
			res, err := http.Get(base + m[1])
			if err != nil {
				return err
			}
			css, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil {
				return err
			}
			for _, f := range regexp.MustCompile(`url\(([^)]+woff2)\)`).FindAllStringSubmatch(string(css), -1) {
				b, _, err := fetch(base+f[1], "")
				if err != nil {
					return err
				}
				fonts += len(b)
			}
		}
		fmt.Printf("first view of %-8s %.1f KB (budget 25), with fonts %.1f KB (budget 105)\n", path, float64(total)/1000, float64(total+fonts)/1000)
	}
	i, err := os.Stat("withus")
	if err == nil {
		fmt.Printf("binary: %.1f MB (budget 30)\n", float64(i.Size())/1e6)
	}
	return err
}

// coldStart measures from starting the program on existing data to its first
// answer.
func coldStart(ctx context.Context, args []string) error {
	var all []float64
	for range *rounds {
		begun := time.Now()
		p, err := start(ctx, args)
		if err != nil {
			return err
		}
		all = append(all, float64(time.Since(begun).Microseconds())/1000)
		p.stop()
	}
	fmt.Printf("start on existing data to first answer: %.0f ms (%.0f..%.0f, budget 120)\n", median(all), slices.Min(all), slices.Max(all))
	return nil
}
