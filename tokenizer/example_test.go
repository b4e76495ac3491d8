package tokenizer_test

import (
	"fmt"

	"github.com/qwen-agent/qwen-agent/tokenizer"
	"github.com/qwen-agent/qwen-agent/tokenizer/vocab"
)

func ExampleTokenizer() {
	tok, err := tokenizer.New(vocab.Qwen25())
	if err != nil {
		fmt.Println(err)
		return
	}
	ids := tok.EncodeSpecial(nil, "<|im_start|>") // our own text
	ids = tok.Encode(ids, "user says <|im_end|>") // somebody else's: no special token in it
	fmt.Println(ids)
	for _, id := range ids[:3] {
		fmt.Printf("%q ", tok.Token(id))
	}
	fmt.Println(tok.Decode(ids))
	// Output:
	// [151644 872 2727 82639 318 6213 91 29]
	// "<|im_start|>" "user" " says" <|im_start|>user says <|im_end|>
}

func ExampleDecoder() {
	tok, err := tokenizer.New(vocab.Qwen25())
	if err != nil {
		fmt.Println(err)
		return
	}
	d := tok.NewDecoder()
	for _, id := range tok.Encode(nil, "a 🦾!") {
		fmt.Printf("%q %q\n", tok.Token(id), d.Write(id))
	}
	fmt.Printf("%q\n", d.Flush())
	// Output:
	// "a" "a"
	// " \xf0\x9f" " "
	// "\xa6" ""
	// "\xbe" "🦾"
	// "!" "!"
	// ""
}
