package machine

import (
	"fmt"
	"io"
	"log"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/library"
)

// What fmt asks reflection, and not the value, is done here: %T and %p, and whether Print
// parts two operands by a space.
func init() {
	library.Replace("fmt", "Printf", func(format string, args ...any) (int, error) {
		f, a := named(format, args)
		return fmt.Fprintf(os.Stdout, f, a...)
	})
	library.Replace("fmt", "Sprintf", func(format string, args ...any) string {
		f, a := named(format, args)
		return fmt.Sprintf(f, a...)
	})
	library.Replace("fmt", "Fprintf", func(w io.Writer, format string, args ...any) (int, error) {
		f, a := named(format, args)
		return fmt.Fprintf(w, f, a...)
	})
	library.Replace("fmt", "Appendf", func(b []byte, format string, args ...any) []byte {
		f, a := named(format, args)
		return fmt.Appendf(b, f, a...)
	})
	library.Replace("fmt", "Errorf", func(format string, args ...any) error {
		f, a := named(format, args)
		return fmt.Errorf(f, a...)
	})
	library.Replace("fmt", "Print", func(args ...any) (int, error) { return fmt.Fprint(os.Stdout, texts2(args)...) })
	library.Replace("fmt", "Sprint", func(args ...any) string { return fmt.Sprint(texts2(args)...) })
	library.Replace("fmt", "Fprint", func(w io.Writer, args ...any) (int, error) { return fmt.Fprint(w, texts2(args)...) })
	library.Replace("fmt", "Append", func(b []byte, args ...any) []byte { return fmt.Append(b, texts2(args)...) })
}

// texts2 makes strings of Boxes that hold strings, because Print treats strings otherwise.
func texts2(args []any) []any {
	var changed []any
	for i, a := range args {
		b, ok := open(a).(Box)
		if !ok || b.T.class != basic || b.T.reg.Kind() != reflect.String {
			continue
		}
		if changed == nil {
			changed = append([]any{}, args...)
		}
		changed[i] = fmt.Sprint(b)
	}
	if changed == nil {
		return args
	}
	return changed
}

// named replaces %T of Boxes by the names of their types, and %p by their addresses.
func named(format string, args []any) (string, []any) {
	if !strings.Contains(format, "T") && !strings.Contains(format, "p") || !hasBox(args) {
		return format, args
	}
	args = append([]any{}, args...)
	var out strings.Builder
	next := 0
	for i := 0; i < len(format); {
		if format[i] != '%' {
			out.WriteByte(format[i])
			i++
			continue
		}
		from := i
		i++
	flags:
		for i < len(format) {
			switch c := format[i]; {
			case c == '[':
				end := strings.IndexByte(format[i:], ']')
				if end < 0 {
					break flags
				}
				if n, err := strconv.Atoi(format[i+1 : i+end]); err == nil {
					next = n - 1
				}
				i += end + 1
			case c == '*':
				next++
				i++
			case strings.IndexByte("+-# 0123456789.", c) >= 0:
				i++
			default:
				break flags
			}
		}
		verb, size := utf8.DecodeRuneInString(format[i:])
		spec := format[from:i]
		i += size
		if verb == '%' || size == 0 {
			out.WriteString(spec + format[i-size:i])
			continue
		}
		if next >= 0 && next < len(args) {
			if b, ok := open(args[next]).(Box); ok && verb == 'T' {
				args[next], verb = runtimeName(b.T.of), 's'
			} else if ok && verb == 'p' && b.T.class == pointer {
				args[next] = b.V
			}
		}
		next++
		out.WriteString(spec + string(verb))
	}
	return out.String(), args
}

func hasBox(args []any) bool {
	for _, a := range args {
		if _, ok := open(a).(Box); ok {
			return true
		}
	}
	return false
}

// What would end the process, or sleep on when the cell is stopped, is done here as well.
func init() {
	library.Replace("os", "Exit", func(code int) { panic(exit(code)) })
	library.Replace("time", "Sleep", func(d time.Duration) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-theMachine.Load().run.Load().stop:
			panic(stop{})
		}
	})
	library.Replace("log", "Fatal", func(args ...any) {
		log.Print(args...)
		panic(exit(1))
	})
	library.Replace("log", "Fatalf", func(format string, args ...any) {
		log.Printf(format, args...)
		panic(exit(1))
	})
	library.Replace("log", "Fatalln", func(args ...any) {
		log.Println(args...)
		panic(exit(1))
	})
	library.Replace("*log", "Logger.Fatal", func(l *log.Logger, args ...any) {
		l.Print(args...)
		panic(exit(1))
	})
	library.Replace("*log", "Logger.Fatalf", func(l *log.Logger, format string, args ...any) {
		l.Printf(format, args...)
		panic(exit(1))
	})
	library.Replace("*log", "Logger.Fatalln", func(l *log.Logger, args ...any) {
		l.Println(args...)
		panic(exit(1))
	})
}
