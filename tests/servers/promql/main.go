// Answers queries with Prometheus' own engine over Prometheus' own storage.
//
// It reads JSON documents from standard input and writes one for each: series
// and queries in, the rows of each query out. Values are bit patterns both
// ways, so that nothing is rounded and no NaN is taken for another.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"sort"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/tsdb"
)

type request struct {
	Series  []series `json:"series"`
	Queries []query  `json:"queries"`
}

type series struct {
	Labels map[string]string `json:"labels"`
	// Milliseconds, and the bits of the value at each.
	Times []int64  `json:"times"`
	Bits  []uint64 `json:"bits"`
}

type query struct {
	Text string `json:"text"`
	At   int64  `json:"at"`
}

type answer struct {
	Rows  []row  `json:"rows"`
	Error string `json:"error,omitempty"`
	// How long the engine took, reading and writing of this program aside.
	Nanoseconds int64 `json:"nanoseconds"`
}

type row struct {
	Labels map[string]string `json:"labels"`
	Bits   uint64            `json:"bits"`
}

func main() {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := bufio.NewWriter(os.Stdout)
	for {
		var asked request
		if err := in.Decode(&asked); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatalf("failed to read the request: %v", err)
		}
		answers, err := evaluate(asked)
		if err != nil {
			log.Fatal(err)
		}
		if err := json.NewEncoder(out).Encode(answers); err != nil {
			log.Fatalf("failed to write the answers: %v", err)
		}
		if err := out.Flush(); err != nil {
			log.Fatalf("failed to write the answers: %v", err)
		}
	}
}

func evaluate(asked request) ([]answer, error) {
	dir, err := os.MkdirTemp("", "promql")
	if err != nil {
		return nil, fmt.Errorf("failed to make a folder for the samples: %w", err)
	}
	defer os.RemoveAll(dir)
	options := tsdb.DefaultOptions()
	// One block holds everything, so the order of series is that of their
	// creation and nothing depends on when blocks are cut.
	options.MinBlockDuration = (1000 * time.Hour).Milliseconds()
	options.MaxBlockDuration = options.MinBlockDuration
	options.RetentionDuration = 0
	db, err := tsdb.Open(dir, nil, nil, options, nil)
	if err != nil {
		return nil, fmt.Errorf("failed to open the storage: %w", err)
	}
	defer db.Close()
	db.DisableCompactions()
	if err := fill(db, asked.Series); err != nil {
		return nil, fmt.Errorf("failed to store the samples: %w", err)
	}
	// As the server sets its engine up, without any feature flag.
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples:           50_000_000,
		Timeout:              2 * time.Minute,
		LookbackDelta:        5 * time.Minute,
		EnableAtModifier:     true,
		EnableNegativeOffset: true,
		Parser:               parser.NewParser(parser.Options{}),
	})
	answers := make([]answer, 0, len(asked.Queries))
	for _, query := range asked.Queries {
		answers = append(answers, ask(engine, db, query))
	}
	return answers, nil
}

// fill appends in the order of times, and at one time in the order given.
func fill(db *tsdb.DB, all []series) error {
	type sample struct {
		at     int64
		bits   uint64
		labels labels.Labels
	}
	var samples []sample
	for _, series := range all {
		set := labels.FromMap(series.Labels)
		for i, at := range series.Times {
			samples = append(samples, sample{at, series.Bits[i], set})
		}
	}
	sort.SliceStable(samples, func(a, b int) bool { return samples[a].at < samples[b].at })
	app := db.Appender(context.Background())
	for _, sample := range samples {
		value := math.Float64frombits(sample.bits)
		if _, err := app.Append(0, sample.labels, sample.at, value); err != nil {
			return fmt.Errorf("%s at %d: %w", sample.labels, sample.at, err)
		}
	}
	return app.Commit()
}

func ask(engine *promql.Engine, db *tsdb.DB, query query) answer {
	at := time.UnixMilli(query.At)
	began := time.Now()
	asked, err := engine.NewInstantQuery(context.Background(), db, nil, query.Text, at)
	if err != nil {
		return answer{Error: err.Error()}
	}
	defer asked.Close()
	result := asked.Exec(context.Background())
	took := time.Since(began)
	if result.Err != nil {
		return answer{Error: result.Err.Error()}
	}
	said := answer{Rows: []row{}, Nanoseconds: took.Nanoseconds()}
	switch value := result.Value.(type) {
	case promql.Scalar:
		said.Rows = append(said.Rows, row{map[string]string{}, math.Float64bits(value.V)})
	case promql.Vector:
		for _, sample := range value {
			said.Rows = append(said.Rows, row{sample.Metric.Map(), math.Float64bits(sample.F)})
		}
	default:
		said.Error = fmt.Sprintf("the result is a %s", result.Value.Type())
	}
	return said
}
