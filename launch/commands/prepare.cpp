#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/point_order.hpp"
#include "io/store/store_writer.hpp"
#include "launch/command.hpp"
#include "launch/commands/import_options.hpp"
#include "src/errors.hpp"
#include "src/settings/options.hpp"
#include "src/settings/program.hpp"
#include "src/synthetic/possible_accuracy.hpp"
#include "src/synthetic/synthetic_signs.hpp"

namespace sslslr {
namespace {

constexpr const char* prepare_usage =
    "usage: [mpirun -n N] sslslr prepare --from FORMAT --input PATH --output FILE.h5 [OPTIONS]\n\n"
    "Creates a clip store from a corpus. The ranks share the reading. Ctrl-C, SIGTERM, SIGHUP and SIGUSR1\n"
    "stop it with exit code 75; the same command resumes it. Clips that cannot be read are left out and\n"
    "listed, in the summary and in FILE.h5.summary.json. A store has 75 points: MediaPipe's pose (33) and\n"
    "both hands (21 each); points that a corpus lacks are marked as not detected.\n\n"
    "  lsfb         LSFB-ISOL v2: instances.csv, metadata/, poses/ or poses_raw/\n"
    "  mp-data      MP_Data/LABEL/SEQUENCE/FRAME.npy or LABEL/SEQUENCE.npy; 1662 or 1692 (pose, face,\n"
    "               hands), 258, 225 (pose, hands), 126 (hands) or 63 (one hand: --hand) numbers per frame\n"
    "  pose         .pose files of pose-format, versions 0.0 to 0.2; points by the names of MediaPipe,\n"
    "               OpenPose or COCO wholebody\n"
    "  openpose     VIDEO/NAME_NUMBER_keypoints.json, OpenPose's files, one per frame (BODY_25 and hands)\n"
    "  asl-citizen  NAME.npy of [frames, 543 or 553, 2], right hand before left; train.csv, val.csv,\n"
    "               test.csv\n"
    "  spoter       CSV with a list of numbers in each cell\n"
    "  npy          one .npy file per clip, [frames, points, coordinates], [frames, 2 hands, 21,\n"
    "               coordinates] or [frames, numbers]; or X_train.npy of [clips, frames, ...] with class\n"
    "               numbers in y_train.npy\n"
    "  hdf5         one dataset per clip, or one group per clip with landmarks and label, signer or fps\n"
    "               (the latter may be attributes); also OpenHands' /keypoints and /visibility\n"
    "  kaggle-islr  train.csv and train_landmark_files/ (read by Python: launch/setup --importers)\n"
    "  openhands    .pkl files with keypoints and confidences (read by Python's NumPy)\n"
    "  synthetic    synthetic signs with known boundaries: frames before --first and from --last on carry\n"
    "               no information";

constexpr std::int64_t most_clips_per_piece = 1024;

struct PrepareOptions {
    std::string from;
    ImportOptions import;
    io::CorpusOptions corpus;
    SyntheticConfig synthetic;
};

std::vector<std::string> formats() {
    auto all = io::native_formats();
    all.insert(all.end(), io::python_formats().begin(), io::python_formats().end());
    all.emplace_back("synthetic");
    return all;
}

void declare_synthetic(Options& options, SyntheticConfig& s) {
    options.section("Synthetic signs", "from", {"synthetic"});
    options.add("classes", s.classes, "number of signs");
    options.add("clips", s.clips, "number of clips, spread evenly over signs and signers");
    options.add("signers", s.signers, "number of signers, each with their own build and habits");
    options.add("length", s.length, "frames per clip");
    options.add("length-spread", s.length_spread, "largest difference of a clip's frames from --length");
    options.add("first", s.first,
                "first informative frame, for a clip of --length frames; scales with the clip's length");
    options.add(
        "last", s.last,
        "first frame after the last informative one, for --length frames; scales with the clip's length");
    options.add("kind", s.kind,
                "difference between signs: the directions of the same movements (order) or the poses (pose)");
    options.add("pose-frames", s.pose_frames,
                "frames of a movement (order), or from one pose to the next (pose)");
    options.add("noise", s.noise,
                "standard deviation of every coordinate in every frame, in shoulder widths");
    options.add("clip-variation", s.clip_variation,
                "standard deviation of each pose between clips, in shoulder widths");
    options.add("signer-variation", s.signer_variation,
                "standard deviation of build and poses between signers, in shoulder widths");
    options.add("seed", s.seed, "seed of all random choices");
}

void declare(Options& options, PrepareOptions& o) {
    options.section("Options");
    options.add("from", o.from, fmt::format("format of the corpus: {}", fmt::join(formats(), ", ")));
    options.words(formats());
    declare(options, o.import.output);
    auto corpora = formats();
    corpora.pop_back();  // synthetic signs are not a corpus
    options.section("Corpus", "from", corpora);
    declare(options, o.import);
    options.section("LSFB", "from", {"lsfb"});
    options.add("poses", o.corpus.poses, "poses to read: raw, interpolated, or auto (raw if they exist)");
    options.section("Arrays", "from", {"npy", "hdf5"});
    options.add("point-order", o.corpus.point_order,
                fmt::format("order of the points: auto (by their number; two hands as left, right), {}",
                            fmt::join(io::point_order_names(), ", ")));
    options.add(
        "zero-is-missing", o.corpus.zero_is_missing,
        "treats a part (pose, left hand, right hand) that is all 0, or all -1, in a frame as not detected");
    options.section("Arrays and MP_Data", "from", {"npy", "hdf5", "mp-data"});
    options.add("hand", o.corpus.hand, "hand in frames of 21 points: left or right");
    options.add("missing", o.corpus.missing,
                "number that marks a missing value, such as -1: points with this x and y are treated as not "
                "detected");
    options.section("OpenPose", "from", {"openpose"});
    options.add("picture-size", o.corpus.picture_size,
                "size of the images in pixels, such as 1280x720 (empty: 256x256, that of WLASL's poses)");
    declare(options, o.import.layout);
    declare_synthetic(options, o.synthetic);
}

io::ClipIndex described(const SyntheticSigns& signs, const std::optional<PossibleAccuracy>& possible,
                        const Options& options) {
    const auto& config = signs.config();
    auto index = signs.index();
    index.attributes["source"] = "generated by sslslr " + program_version() + " prepare --from synthetic";
    index.attributes["licence"] = "none needed: no recording of a person";
    index.attributes["planted_k1"] = fmt::format("{}", config.first);
    index.attributes["planted_k2"] = fmt::format("{}", config.length - config.last);
    if (possible) {
        index.attributes["possible_accuracy_start"] = fmt::format("{:.3f}", fmt::join(possible->start, " "));
        index.attributes["possible_accuracy_end"] = fmt::format("{:.3f}", fmt::join(possible->end, " "));
    }
    Options own{""};
    SyntheticConfig names;
    declare_synthetic(own, names);
    const auto settings = own.names();
    for (const auto& [name, value] : options.values()) {
        if (std::ranges::find(settings, name) != settings.end()) {
            index.attributes["synthetic_" + name] = value;
        }
    }
    return index;
}

/// Returns the largest k up to which nothing, or very little, of the possible accuracy is lost.
std::ptrdiff_t largest_harmless(const std::vector<double>& accuracy) {
    constexpr double margin = 0.01;
    const auto lossy =
        std::ranges::find_if(accuracy, [&](double at_k) { return at_k < accuracy[0] - margin; });
    return lossy - accuracy.begin() - 1;
}

void tell(const SyntheticSigns& signs, const std::optional<PossibleAccuracy>& possible,
          const std::string& output) {
    const auto& config = signs.config();
    fmt::print(
        "{}: {} clips of {} signs by {} signers, {} to {} frames\n"
        "informative frames [{}, {}) of {}: planted k1 = {}, k2 = {}\n",
        output, config.clips, config.classes, config.signers, config.length - config.length_spread,
        config.length + config.length_spread, config.first, config.last, config.length, config.first,
        config.length - config.last);
    if (possible) {
        fmt::print("possible accuracy {:.3f}; at most 0.01 less up to k1 = {}, k2 = {}\n", possible->start[0],
                   largest_harmless(possible->start), largest_harmless(possible->end));
    }
}

int make_synthetic(const PrepareOptions& fields, const Options& options, const Ranks& ranks) {
    const auto& config = fields.synthetic;
    const auto& output = fields.import.output.output;
    const SyntheticSigns signs{config};
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            refuse_existing(output, fields.import.output.force);
        }
    });
    std::optional<PossibleAccuracy> possible;
    if (is_accuracy_computable(config)) {
        possible = possible_accuracy(signs);
    }
    const auto index = described(signs, possible, options);
    const auto layout = layout_of(fields.import.layout, true, index);
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            io::write_store(
                output, index, [&](std::int64_t clip, std::span<float> out) { signs.draw(clip, out); },
                layout);
            tell(signs, possible, output);
        }
    });
    return exit_done;
}

}  // namespace

int prepare(Arguments arguments, const Ranks& ranks) {
    PrepareOptions fields;
    Options options{prepare_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    if (fields.from.empty()) {
        throw ConfigError{fmt::format("--from (missing): expected {}", fmt::join(formats(), ", "))};
    }
    if (fields.from == "synthetic") {
        return make_synthetic(fields, options, ranks);
    }
    auto& corpus = fields.corpus;
    corpus.format = fields.from;
    corpus.input = fields.import.input;
    corpus.metadata = fields.import.metadata;
    corpus.metadata_kind = fields.import.metadata_kind;
    corpus.cut = fields.import.cut;
    if (std::ranges::count(io::python_formats(), fields.from) > 0) {
        corpus.program = python_reader(fields.from, fields.import.input);
    }
    return run_import(corpus, fields.import, options, most_clips_per_piece,
                      provenance(fields.import, arguments, "prepare"), ranks);
}

}  // namespace sslslr
