#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "io/file/counted.hpp"
#include "io/file/data_error.hpp"
#include "io/store/clip_store.hpp"
#include "io/store/store_part.hpp"
#include "launch/command.hpp"
#include "launch/commands/store_options.hpp"
#include "src/data/split_plan.hpp"
#include "src/errors.hpp"
#include "src/settings/options.hpp"

namespace sslslr {
namespace {

constexpr const char* split_usage =
    "usage: sslslr split STORE.h5 [STORE.h5 ...] --by WAY --output OUT.h5 [OPTIONS]\n"
    "       sslslr split STORE.h5 [STORE.h5 ...] --by WAY --separate FOLDER [OPTIONS]\n\n"
    "Writes a clip store with additional named splits, or one store per split. WAY is one of\n"
    "  signer       signer-NAME and not-signer-NAME (all others) for each signer\n"
    "  fraction     labelled-30 and rest-30 for --fraction 0.3: that share of each class, at least a clip\n"
    "  folds        fold-0, not-fold-0, fold-1, ...: each class spread evenly, or each signer in one fold\n"
    "  class-count  classes-100 and not-classes-100 for --classes 100: the classes with the most clips\n"
    "Clips without frames are in no split. The same options give the same splits.";

struct SplitOptions {
    std::vector<std::string> files;
    OutputOptions output;
    std::string separate;
    SplitConfig split;
    LayoutOptions layout;
};

void declare(Options& options, SplitOptions& o) {
    options.section("Options");
    options.positional("file", o.files, "clip stores: files or patterns");
    declare(options, o.output);
    options.add("separate", o.separate,
                "folder for one store FOLDER/SPLIT.h5 per split, except the not- ones; replaces --output");
    options.add("by", o.split.by, "way to split: signer, fraction, folds or class-count");
    options.add("within", o.split.within, "existing split to split, such as train (empty: all clips)");
    options.section("By signer", "by", {"signer"});
    options.add("signers", o.split.signers, "signers that get their own splits (none: all)");
    options.section("By fraction", "by", {"fraction"});
    options.add("fraction", o.split.fraction,
                "share of each class, between 0 and 1; half a clip is rounded up");
    options.section("By folds", "by", {"folds"});
    options.add("folds", o.split.folds, "number of folds");
    options.add(
        "group-by", o.split.group_by,
        "grouping of clips: none (each class spread evenly) or signer (all clips of a signer in one fold)");
    options.section("By fraction or folds", "by", {"fraction", "folds"});
    options.add("seed", o.split.seed, "seed of the random choice of clips");
    options.section("By class-count", "by", {"class-count"});
    options.add("classes", o.split.classes, "number of classes, those with the most clips");
    declare(options, o.layout);
}

void tell_left_out(const SplitPlan& plan) {
    const auto tell = [](std::int64_t clips, const char* what) {
        if (clips > 0) {
            fmt::print("{} without {}: in none of the new splits\n", io::counted(clips, "clip"), what);
        }
    };
    tell(plan.without_frames, "frames");
    tell(plan.without_signer, "signer");
    tell(plan.without_label, "label");
}

void tell_splits(const SplitPlan& plan) {
    constexpr std::size_t most_lines = 20;
    for (std::size_t i = 0; i < std::min(plan.splits.size(), most_lines); ++i) {
        fmt::print("  {:<24} {}\n", plan.splits[i].name,
                   io::counted(std::ssize(plan.splits[i].clips), "clip"));
    }
    if (plan.splits.size() > most_lines) {
        fmt::print("  ... and {} more\n", plan.splits.size() - most_lines);
    }
    tell_left_out(plan);
}

void write_with_splits(const io::ClipStore& store, const SplitPlan& plan, const SplitOptions& options,
                       Arguments arguments) {
    auto index = store.index();
    separate_names(index, store, io::whole_of(index).clips);
    for (const auto& split : plan.splits) {
        index.splits[split.name] = split.clips;
    }
    sign(index.attributes, "split", arguments);
    write_and_tell(options.output.output, index, io::source_of(store, io::whole_of(store.index())),
                   layout_of(options.layout, store.is_float16(), index));
    tell_splits(plan);
}

void write_apart(const io::ClipStore& store, const SplitPlan& plan, const SplitOptions& options,
                 Arguments arguments) {
    const std::filesystem::path folder = options.separate;
    const auto file_of = [&](const PlannedSplit& split) { return folder / (split.name + ".h5"); };
    const auto layout = layout_of(options.layout, store.is_float16(), store.index());
    for (const auto& split : plan.splits) {
        if (!split.is_complement) {
            refuse_existing(file_of(split).string(), options.output.force);
        }
    }
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        throw io::DataError{folder, "cannot create the folder: " + error.message()};
    }
    for (const auto& split : plan.splits) {
        if (!split.is_complement) {
            auto part = io::whole_of(store.index());
            part.clips = split.clips;
            auto index = io::index_of(store.index(), part);
            separate_names(index, store, part.clips);
            sign(index.attributes, "split", arguments);
            write_and_tell(file_of(split), index, io::source_of(store, part), layout);
        }
    }
    tell_left_out(plan);
}

}  // namespace

int split(Arguments arguments, const Ranks& ranks) {
    SplitOptions fields;
    Options options{split_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    if (fields.files.empty()) {
        throw ConfigError{"no store given; expected: sslslr split STORE.h5 --by WAY --output OUT.h5"};
    }
    if (!fields.separate.empty() && !fields.output.output.empty()) {
        throw ConfigError{
            "--output and --separate: expected only one: one store with all splits, or one store per split"};
    }
    // One rank writes, and all ranks throw its errors.
    agree(ranks.world, [&] {
        if (!ranks.is_first()) {
            return;
        }
        if (fields.separate.empty()) {
            refuse_existing(fields.output.output, fields.output.force);
        }
        const auto store = io::ClipStore::open(fields.files);
        const auto plan = plan_splits(store.index(), fields.split);
        if (fields.separate.empty()) {
            write_with_splits(store, plan, fields, arguments);
        } else {
            write_apart(store, plan, fields, arguments);
        }
    });
    return exit_done;
}

}  // namespace sslslr
