package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"withus.example/app"
	"withus.example/platform/atlas"
	"withus.example/platform/conf"
	"withus.example/platform/kit"
	"withus.example/platform/mail"
	"withus.example/platform/place"
)

type serve struct {
	conf.Store
	conf.Network
	conf.Serving
	conf.Mail
}

// Flags names what the command takes.
func (s *serve) Flags(f *conf.Flags) {
	s.Store.Flags(f)
	s.Network.Flags(f)
	s.Serving.Flags(f)
	s.Mail.Flags(f)
}

// Run serves until the program is told to stop.
func (s *serve) Run(ctx context.Context, out io.Writer) error {
	if err := errors.Join(s.Network.Check(), s.Serving.Check()); err != nil {
		return err
	}
	if err := s.Mail.Check(); err != nil {
		return err
	}
	if s.Mail.Mail != "none" && s.Mail.Mail != "" {
		if _, err := mail.NewSMTP(s.Mail.Mail, mail.From{Name: s.Name, Address: s.MailFrom}); err != nil {
			return err
		}
	}
	a, err := app.Open(ctx, app.Options{Store: s.Store, Network: s.Network, Serving: s.Serving, Server: s.Mail, Helpers: true, Log: log()})
	if err != nil {
		return err
	}
	code, err := a.Network.Code(ctx)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	if code != "" {
		fmt.Fprintf(out, "This network is new. Go to %s/first-run and type this code: %s\n", s.URL, code)
	}
	return listen(ctx, a, s.Serving, out)
}

type demo struct {
	Addr, Data, Database string
	Seed, Groups         int
	Members, PageCache   int
	Metrics              string
}

// Flags names what the command takes.
func (d *demo) Flags(f *conf.Flags) {
	f.Text(&d.Addr, "addr", "127.0.0.1:8080", "Address and port to listen on; only this machine.")
	f.Path(&d.Data, "data", "withus-demo", "Folder of the example network.")
	f.Text(&d.Database, "database", "", "postgres:// address of an empty database, instead of SQLite in the folder.").As("URL")
	f.Int(&d.Seed, "seed", 1, "The same number makes the same people and groups.")
	f.Int(&d.Groups, "groups", 67, "How many groups to invent.")
	f.Int(&d.Members, "members", 120, "How many people to invent.")
	f.Int(&d.PageCache, "page-cache", 16, "Megabytes of memory for pages kept for visitors; 0 keeps none.")
	f.Text(&d.Metrics, "metrics", "", "Address and port for metrics and profiles.").As("ADDR")
}

// demoFile is what DIR/demo.json says.
type demoFile struct {
	URL    string       `json:"url"`
	People []kit.Person `json:"people"`
}

// Run fills a new folder with the example network, or goes on with the one it
// finds, and serves it.
func (d *demo) Run(ctx context.Context, out io.Writer) error {
	if d.Groups < 0 || d.Groups > 1_000_000 || d.Members < 0 || d.Members > 1_000_000 {
		return errors.New("groups and members must be between 0 and 1000000")
	}
	serving := conf.Serving{Addr: d.Addr, PageCache: d.PageCache, Metrics: d.Metrics}
	if err := serving.Check(); err != nil {
		return err
	}
	if err := os.MkdirAll(d.Data, 0o700); err != nil {
		return err
	}
	name := filepath.Join(d.Data, "demo.json")
	var file demoFile
	b, err := os.ReadFile(name)
	made := err == nil
	if made {
		if err := json.Unmarshal(b, &file); err != nil {
			return fmt.Errorf("%s can't be read: delete the folder to start over: %w", name, err)
		}
	}
	a, err := app.Open(ctx, app.Options{Store: conf.Store{Data: d.Data, Database: d.Database, Media: filepath.Join(d.Data, "media")}, Serving: serving, Mail: &mail.Tray{}, Demo: true, Helpers: true, Log: log()})
	if err != nil {
		return err
	}
	if !made {
		empty, err := a.Empty(ctx)
		if err == nil && !empty {
			err = errors.New("there is a network here that is no finished demo: choose another --data folder, or delete this one")
		}
		if err == nil {
			fmt.Fprintf(out, "Making %d groups and %d people …\n", d.Groups, d.Members)
			file.People, err = a.FillDemo(ctx, uint64(d.Seed), d.Groups, d.Members)
		}
		if err != nil {
			return errors.Join(err, a.Close())
		}
	}
	file.URL = serving.URL
	b, err = json.MarshalIndent(file, "", "  ")
	if err == nil {
		err = os.WriteFile(name+".new", append(b, '\n'), 0o600)
	}
	if err == nil { // half a file would be no demo to go on with
		err = os.Rename(name+".new", name)
	}
	if err != nil {
		return errors.Join(err, a.Close())
	}
	fmt.Fprintln(out, "\nExample people to sign in as:")
	for _, p := range file.People {
		fmt.Fprintf(out, "  %-10s %-28s %s\n", p.Role, p.Email, p.Password)
	}
	fmt.Fprintln(out)
	return listen(ctx, a, serving, out)
}

func log() *slog.Logger { return slog.New(slog.NewJSONHandler(os.Stderr, nil)) }

// drain is how long requests and jobs under way are given when the program stops.
const drain = 15 * time.Second

// listen serves a network until ctx ends, then finishes what is under way.
func listen(ctx context.Context, a *app.App, s conf.Serving, out io.Writer) error {
	l, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return errors.Join(fmt.Errorf("addr %s can't be listened on, choose another --addr: %w", s.Addr, err), a.Close())
	}
	srv := &http.Server{
		Handler: a.Handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second, WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // it would log addresses
	}
	failed := make(chan error, 2)
	if s.Metrics != "" {
		inner, err := net.Listen("tcp", s.Metrics)
		if err != nil {
			return errors.Join(err, l.Close(), a.Close())
		}
		msrv := &http.Server{Handler: metrics(a), ReadHeaderTimeout: 5 * time.Second}
		go func() { failed <- msrv.Serve(inner) }()
		defer msrv.Close()
	}
	a.Jobs.Start(context.WithoutCancel(ctx))
	go func() { failed <- srv.Serve(l) }()
	if !a.Server.Now().Site.Assets.Complete() {
		fmt.Fprintln(out, "The front end was built without its fonts and htmx: pages are plainer. make build puts them in.")
	}
	if !place.Built() || !atlas.Built() {
		fmt.Fprintln(out, "It was built without towns or borders: only countries are found, and maps are bare. make build puts them in.")
	}
	fmt.Fprintf(out, "Open %s\n", s.URL)
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if errors.Is(srv.Shutdown(stop), context.DeadlineExceeded) {
		srv.Close() // somebody is too slow to wait for
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	closed := make(chan error, 1)
	go func() { closed <- a.Close() }()
	select {
	case cerr := <-closed:
		return errors.Join(err, cerr)
	case <-stop.Done():
		return err // a job that is not done by now stays on the list, and is begun again
	}
}

// metrics is what the inner address serves.
func metrics(a *app.App) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.Server.Metrics().Handler())
	addProfiles(mux)
	return mux
}
