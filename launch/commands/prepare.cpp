#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/point_order.hpp"
#include "io/store/store_writer.hpp"
#include "launch/command.hpp"
#include "launch/commands/import_options.hpp"
#include "src/errors.hpp"
#include "src/settings/options.hpp"
#include "src/settings/program.hpp"
#include "src/synthetic/synthetic_signs.hpp"

namespace sslslr {
namespace {

constexpr const char* prepare_usage =
    "usage: [mpirun -n N] sslslr prepare --from FORMAT --input PATH --output FILE.h5 [OPTIONS]\n\n"
    "Makes a clip store of a corpus. The ranks share the reading. Ctrl-C, SIGTERM, SIGHUP and "
    "SIGUSR1\n"
    "end it with exit code 75, and the same command resumes it. Clips\n"
    "that cannot be read are left out and named, in the summary and in FILE.h5.summary.json. Stores hold 75\n"
    "points: MediaPipe's pose (33) and both hands (21 each); what a corpus lacks of them is 'not "
    "detected'.\n\n"
    "  lsfb         LSFB-ISOL v2: instances.csv, metadata/, poses/ or poses_raw/\n"
    "  mp-data      MP_Data/LABEL/SEQUENCE/FRAME.npy or LABEL/SEQUENCE.npy; 1662 or 1692 (pose, face, "
    "hands),\n"
    "               258, 225 (pose, hands), 126 (hands) or 63 (one hand: --hand) numbers a frame\n"
    "  pose         .pose files of pose-format, versions 0.0 to 0.2; points by the names of MediaPipe,\n"
    "               OpenPose or COCO wholebody\n"
    "  openpose     VIDEO/NAME_NUMBER_keypoints.json, OpenPose's files, one a frame (BODY_25 and hands)\n"
    "  asl-citizen  NAME.npy of [frames, 543 or 553, 2], right hand before left; train.csv, val.csv, "
    "test.csv\n"
    "  spoter       CSV with a list of numbers a cell\n"
    "  npy          one .npy file per clip, [frames, points, coordinates], [frames, 2 hands, 21, "
    "coordinates] or\n"
    "               [frames, numbers]; or X_train.npy of [clips, frames, ...] with class numbers in "
    "y_train.npy\n"
    "  hdf5         one dataset per clip, or one group per clip that holds landmarks beside label, signer "
    "or\n"
    "               fps; these may be attributes, too; also OpenHands' /keypoints and /visibility\n"
    "  kaggle-islr  train.csv and train_landmark_files/ (read by Python: launch/setup --importers)\n"
    "  openhands    .pkl files with keypoints and confidences (read by Python's NumPy)\n"
    "  synthetic    made up, with known boundaries: frames before --first and from --last on carry nothing";

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
    options.add("classes", s.classes, "signs");
    options.add("clips", s.clips, "in all, spread evenly over signs and signers");
    options.add("signers", s.signers, "people, each of a build and habits of their own");
    options.add("length", s.length, "frames of a clip");
    options.add("length-spread", s.length_spread, "a clip has up to so many frames more or fewer");
    options.add("first", s.first, "first informative frame of a clip of --length; scales with the clip");
    options.add("last", s.last, "first frame after the last informative one, likewise");
    options.add("kind", s.kind,
                "signs differ in the order of the same poses (order), or in the poses (pose)");
    options.add("pose-frames", s.pose_frames, "frames from one pose to the next");
    options.add("noise", s.noise, "deviation of every coordinate in every frame, shoulder widths");
    options.add("clip-variation", s.clip_variation,
                "deviation of each pose from clip to clip, shoulder widths");
    options.add("signer-variation", s.signer_variation,
                "deviation of build and poses from signer to signer, shoulder widths");
    options.add("seed", s.seed, "fixes everything");
}

void declare(Options& options, PrepareOptions& o) {
    options.section("Options");
    options.add("from", o.from, fmt::format("{}", fmt::join(formats(), ", ")));
    declare(options, o.import.output);
    auto corpora = formats();
    corpora.pop_back();  // synthetic signs are not a corpus
    options.section("Corpus", "from", corpora);
    declare(options, o.import);
    options.section("LSFB", "from", {"lsfb"});
    options.add("poses", o.corpus.poses, "raw, interpolated, or auto: raw where there are any");
    options.section("Arrays", "from", {"npy", "hdf5"});
    options.add("point-order", o.corpus.point_order,
                fmt::format("auto (by the number of points; two hands as left, right), {}",
                            fmt::join(io::point_order_names(), ", ")));
    options.add("zero-is-missing", o.corpus.zero_is_missing,
                "a part (pose, left hand, right hand) that is 0, or -1, throughout a frame was not detected");
    options.section("Arrays and MP_Data", "from", {"npy", "hdf5", "mp-data"});
    options.add("hand", o.corpus.hand, "left or right: the hand that frames of 21 points hold");
    options.add("missing", o.corpus.missing,
                "a number that stands for a missing value, such as -1: points whose x and y have it were not "
                "detected");
    options.section("OpenPose", "from", {"openpose"});
    options.add("picture-size", o.corpus.picture_size,
                "of the pictures in pixels, as 1280x720; if not given 256x256, as of WLASL's poses");
    declare(options, o.import.layout);
    declare_synthetic(options, o.synthetic);
}

io::ClipIndex described(const SyntheticConfig& config, const SyntheticSigns& signs, const Options& options) {
    auto index = signs.index();
    index.attributes["source"] = "made up by sslslr " + program_version() + " prepare --from synthetic";
    index.attributes["licence"] = "none needed: no recording of anybody";
    index.attributes["planted_k1"] = fmt::format("{}", config.first);
    index.attributes["planted_k2"] = fmt::format("{}", config.length - config.last);
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

int make_synthetic(const PrepareOptions& fields, const Options& options, const Ranks& ranks) {
    const auto& config = fields.synthetic;
    const auto& output = fields.import.output.output;
    const SyntheticSigns signs{config};
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            refuse_existing(output, fields.import.output.force);
        }
    });
    const auto index = described(config, signs, options);
    const auto layout = layout_of(fields.import.layout, true, index);
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            io::write_store(
                output, index, [&](std::int64_t clip, std::span<float> out) { signs.draw(clip, out); },
                layout);
            fmt::print(
                "{}: {} clips of {} signs by {} signers, {} to {} frames\n"
                "informative frames [{}, {}) of {}: planted k1 = {}, k2 = {}\n",
                output, config.clips, config.classes, config.signers, config.length - config.length_spread,
                config.length + config.length_spread, config.first, config.last, config.length, config.first,
                config.length - config.last);
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
    if (std::ranges::count(formats(), fields.from) == 0) {
        throw ConfigError{fmt::format("--from {}: expected {}",
                                      fields.from.empty() ? "(missing)" : fields.from,
                                      fmt::join(formats(), ", "))};
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
