package agent

import (
	"regexp"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/qwen-agent/qwen-agent/tools"
)

// The bounds of the interpreter's settings. schema.json repeats what of them it can say.
const (
	minMemory  = 32 << 20
	maxMemory  = 1 << 40
	maxTimeout = 24 * time.Hour
)

var (
	// A task file comes from anywhere, and a Python is started once outside of the sandbox to
	// say where its parts lie. So a file may name one of those that are installed, and only
	// the user, on the command line, one by its path.
	pythonName = regexp.MustCompile(`^python[0-9]*(\.[0-9]+)*$`)
	sizeText   = regexp.MustCompile(`^([1-9][0-9]{0,9})([KMG])$`)
)

func (d *decoder) interpreter(n *yaml.Node, i *Interpreter) {
	d.fields(n, "interpreter", []field{
		{"timeout", d.text("interpreter.timeout", func(n *yaml.Node, s string) {
			v, err := time.ParseDuration(s)
			if !durationText.MatchString(s) || err != nil || v < time.Second || v > maxTimeout {
				d.errorf(n, "interpreter.timeout is %s, wanted a time from 1s to 24h such as 20s or 5m", quote(s))
				return
			}
			i.Timeout = v
		})},
		{"memory", d.text("interpreter.memory", func(n *yaml.Node, s string) {
			v, ok := parseSize(s)
			if !ok || v < minMemory || v > maxMemory {
				d.errorf(n, "interpreter.memory is %s, wanted a size from 32M to 1024G such as 512M or 2G", quote(s))
				return
			}
			i.Memory = v
		})},
		{"network", func(n *yaml.Node) {
			d.boolean("interpreter.network", func(on bool) {
				if on {
					d.errorf(n, "interpreter.network is true: code in the sandbox has no network, wanted false")
				}
			})(n)
		}},
		{"python", d.text("interpreter.python", func(n *yaml.Node, s string) {
			if !pythonName.MatchString(s) {
				d.errorf(n, "interpreter.python is %s, wanted a name such as python3.12; run --python takes a path", quote(s))
				return
			}
			i.Python = s
		})},
		{"go", d.oneOf("interpreter.go", []string{tools.GoCompiled}, &i.Go)},
		{"overwrite", d.boolean("interpreter.overwrite", func(on bool) { i.Overwrite = on })},
	})
}

// parseSize reads a number of bytes with K, M or G for powers of 1024.
func parseSize(s string) (int64, bool) {
	m := sizeText.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	v, err := strconv.ParseInt(m[1], 10, 64)
	return v << map[string]int{"K": 10, "M": 20, "G": 30}[m[2]], err == nil
}
