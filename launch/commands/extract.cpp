#include <fmt/format.h>

#include "launch/command.hpp"
#include "launch/commands/import_options.hpp"
#include "src/errors.hpp"
#include "src/settings/options.hpp"

namespace sslslr {
namespace {

constexpr const char* extract_usage =
    "usage: [mpirun -n N] sslslr extract --input VIDEOS --output FILE.h5 [OPTIONS]\n\n"
    "Extracts landmarks from videos (MediaPipe Holistic) into a clip store, one clip per video. Each rank\n"
    "works on its own videos: start one rank per core. Ctrl-C, SIGTERM, SIGHUP and SIGUSR1 stop it with\n"
    "exit code 75; the same command resumes it. Videos that cannot be read are left out and listed. A\n"
    "video in a folder has the folder's name as its label, unless --metadata gives another. Needs\n"
    "Python's MediaPipe, which launch/setup --importers installs.";

// A piece takes seconds. It is what a rank gets at a time, and loses if it is interrupted.
constexpr std::int64_t videos_per_piece = 4;

struct ExtractOptions {
    ImportOptions import;
    std::int64_t complexity = 1;
    double detection_confidence = 0.5;
    double tracking_confidence = 0.5;
};

void require_share(const char* name, double value) {
    if (!(value >= 0 && value <= 1)) {
        throw ConfigError{fmt::format("--{} {}: expected a number from 0 to 1", name, value)};
    }
}

}  // namespace

int extract(Arguments arguments, const Ranks& ranks) {
    ExtractOptions fields;
    Options options{extract_usage};
    options.section("Options");
    declare(options, fields.import.output);
    declare(options, fields.import);
    declare(options, fields.import.layout);
    options.section("MediaPipe Holistic");
    options.add(
        "complexity", fields.complexity,
        "complexity of the pose model: 0 (fast), 1 or 2 (accurate); launch/setup --importers downloads "
        "0 and 2, which are not in MediaPipe's package");
    options.add("detection-confidence", fields.detection_confidence,
                "minimum confidence for detecting a person, 0 to 1");
    options.add("tracking-confidence", fields.tracking_confidence,
                "minimum confidence for tracking a person, 0 to 1; below it the person is detected again");
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    if (fields.complexity < 0 || fields.complexity > 2) {
        throw ConfigError{fmt::format("--complexity {}: expected 0, 1 or 2", fields.complexity)};
    }
    require_share("detection-confidence", fields.detection_confidence);
    require_share("tracking-confidence", fields.tracking_confidence);

    auto attributes = provenance(fields.import, arguments, "extract");
    attributes["landmarks"] =
        fmt::format("MediaPipe Holistic, complexity {}, detection {}, tracking {}", fields.complexity,
                    fields.detection_confidence, fields.tracking_confidence);
    const io::CorpusOptions corpus{
        .format = "videos",
        .input = fields.import.input,
        .metadata = fields.import.metadata,
        .cut = fields.import.cut,
        .metadata_kind = fields.import.metadata_kind,
        .program = python_reader("videos", fields.import.input,
                                 {fmt::format("--complexity={}", fields.complexity),
                                  fmt::format("--detection-confidence={}", fields.detection_confidence),
                                  fmt::format("--tracking-confidence={}", fields.tracking_confidence)})};
    return run_import(corpus, fields.import, options, videos_per_piece, std::move(attributes), ranks);
}

}  // namespace sslslr
