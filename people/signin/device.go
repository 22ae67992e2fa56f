package signin

import (
	"context"
	"strings"

	"withus.example/platform/db"
	"withus.example/platform/kit"
	"withus.example/platform/ui"
)

// names of browsers and systems are the same in every language.
var names = map[string]string{
	"firefox": "Firefox", "edge": "Edge", "samsung": "Samsung Internet", "chrome": "Chrome", "safari": "Safari",
	"android": "Android", "iphone": "iPhone", "ipad": "iPad", "windows": "Windows", "mac": "Mac", "chromeos": "ChromeOS", "linux": "Linux",
}

func deviceName(p *ui.Page, d string) string {
	browser, system, _ := strings.Cut(d, "/")
	b, s := names[browser], names[system]
	if b == "" {
		b = p.T("signin.browser.other")
	}
	if s == "" {
		s = p.T("signin.system.other")
	}
	return p.T("signin.device", "browser", b, "system", s)
}

// said is a device as somebody's own data say it, in words of their language.
func said(d string) (browser, system any) {
	b, s, _ := strings.Cut(d, "/")
	browser, system = kit.Word("signin.browser.other"), kit.Word("signin.system.other")
	if names[b] != "" {
		browser = names[b]
	}
	if names[s] != "" {
		system = names[s]
	}
	return browser, system
}

func address(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func (s *Service) keepPassword(ctx context.Context, member, sealed string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return setPassword(ctx, tx, member, sealed) })
}
