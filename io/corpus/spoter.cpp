#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "io/corpus/file_corpus.hpp"
#include "io/corpus/point_order.hpp"
#include "io/corpus/text_table.hpp"
#include "io/file/data_error.hpp"
#include "io/file/lower_case.hpp"

// SPOTER's CSV: one row per clip; a cell of column POINT_X or POINT_Y is the list of the T values of that
// coordinate. The column `labels` counts from 1. Points of hands end in _0 or _left, and _1 or _right.
// Source: matyasbohacek/spoter, datasets/czech_slr_dataset.py and normalization/.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

struct PointName {
    std::string_view theirs;
    std::string_view ours;
};

// SPOTER's neck has no counterpart.
constexpr std::array<PointName, 11> body_names{{{"nose", "nose"},
                                                {"rightEye", "right_eye"},
                                                {"leftEye", "left_eye"},
                                                {"rightEar", "right_ear"},
                                                {"leftEar", "left_ear"},
                                                {"rightShoulder", "right_shoulder"},
                                                {"leftShoulder", "left_shoulder"},
                                                {"rightElbow", "right_elbow"},
                                                {"leftElbow", "left_elbow"},
                                                {"rightWrist", "right_wrist"},
                                                {"leftWrist", "left_wrist"}}};
constexpr std::array<PointName, 21> hand_names{{{"wrist", "wrist"},
                                                {"indexTip", "index_finger_tip"},
                                                {"indexDIP", "index_finger_dip"},
                                                {"indexPIP", "index_finger_pip"},
                                                {"indexMCP", "index_finger_mcp"},
                                                {"middleTip", "middle_finger_tip"},
                                                {"middleDIP", "middle_finger_dip"},
                                                {"middlePIP", "middle_finger_pip"},
                                                {"middleMCP", "middle_finger_mcp"},
                                                {"ringTip", "ring_finger_tip"},
                                                {"ringDIP", "ring_finger_dip"},
                                                {"ringPIP", "ring_finger_pip"},
                                                {"ringMCP", "ring_finger_mcp"},
                                                {"littleTip", "pinky_tip"},
                                                {"littleDIP", "pinky_dip"},
                                                {"littlePIP", "pinky_pip"},
                                                {"littleMCP", "pinky_mcp"},
                                                {"thumbTip", "thumb_tip"},
                                                {"thumbIP", "thumb_ip"},
                                                {"thumbMP", "thumb_mcp"},
                                                {"thumbCMC", "thumb_cmc"}}};

/// The place of a column's values, x or y of a point, in an imported frame.
struct Target {
    std::size_t column;
    std::size_t place;
};

std::vector<Target> targets_of(const TextTable& table) {
    std::vector<Target> targets;
    const auto add = [&](const std::vector<std::string>& theirs, const std::string& ours) {
        const auto point = static_cast<std::size_t>(holistic_point(ours));
        for (std::size_t axis = 0; axis < 2; ++axis) {
            for (const auto& name : theirs) {
                if (const auto column = table.find({name + (axis == 0 ? "_X" : "_Y")})) {
                    targets.push_back({*column, point * import_coordinates + axis});
                    break;
                }
            }
        }
    };
    for (const auto& name : body_names) {
        add({std::string{name.theirs}}, "pose." + std::string{name.ours});
    }
    for (const auto& name : hand_names) {
        const std::string theirs{name.theirs};
        add({theirs + "_0", theirs + "_left"}, "left_hand." + std::string{name.ours});
        add({theirs + "_1", theirs + "_right"}, "right_hand." + std::string{name.ours});
    }
    if (targets.empty()) {
        throw DataError{table.path(),
                        "expected SPOTER's columns (nose_X, wrist_0_X, ...), found none of them"};
    }
    return targets;
}

/// Texts that stand for a missing value. std::from_chars reads "nan" itself.
constexpr std::array<std::string_view, 3> gaps{"none", "null", "<na>"};
/// Prefix of numbers in a list that NumPy 2 wrote: "np.float64(0.5)".
constexpr std::string_view numpy_prefix = "np.";

bool is_between_numbers(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0 ||
           std::string_view{"[](),+"}.find(c) != std::string_view::npos;
}

/// Returns the numbers of a list literal "[0.5, 0.25]", NaN if one is missing; nothing without a list.
std::optional<std::vector<float>> numbers_of(const TextTable& table, std::size_t row, std::size_t column) {
    const auto text = lower_case(table.row(row)[column]);
    if (text.empty() || text == "nan" || std::ranges::find(gaps, text) != gaps.end()) {
        return std::nullopt;
    }
    if (text.starts_with('[') && !text.ends_with(']')) {
        throw DataError{table.path(),
                        fmt::format("row {}, column {}: expected a list that ends with ']', found one that "
                                    "ends with '{}': spreadsheets cut cells off after 32,767 characters; "
                                    "export the table again without a spreadsheet",
                                    table.shown_number(row), table.columns()[column],
                                    text.substr(text.size() - std::min<std::size_t>(text.size(), 20)))};
    }
    std::vector<float> numbers;
    for (std::string_view rest{text}; !rest.empty();) {
        if (is_between_numbers(rest.front())) {
            rest.remove_prefix(1);
            continue;
        }
        if (rest.starts_with(numpy_prefix)) {
            rest.remove_prefix(std::min(rest.find('('), rest.size()));
            continue;
        }
        const auto* const gap = std::ranges::find_if(gaps, [&](auto each) { return rest.starts_with(each); });
        float number = not_detected;
        const auto [next, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        if (gap == gaps.end() && error == std::errc::invalid_argument) {
            throw DataError{table.path(),
                            fmt::format("row {}, column {}: expected a list of numbers, found '{}'",
                                        table.shown_number(row), table.columns()[column],
                                        table.row(row)[column].substr(0, 40))};
        }
        numbers.push_back(number);
        rest.remove_prefix(gap == gaps.end() ? static_cast<std::size_t>(next - rest.data()) : gap->size());
    }
    return numbers;
}

class SpoterCorpus final : public Corpus {
public:
    explicit SpoterCorpus(const CorpusOptions& options) {
        for (const auto& file : files_under(options.input, {".csv"}, listing_)) {
            add_table(TextTable{file.path, std::nullopt, true}, file.name);
        }
        std::set<std::string> labels;
        for (const auto& clip : listing_.clips) {
            labels.insert(clip.label);
        }
        labels.erase("");
        listing_.labels.assign(labels.begin(), labels.end());
        std::ranges::sort(listing_.labels, naturally_less);
    }

    const Listing& listing() const override { return listing_; }

    ImportedClip read(std::size_t clip) override {
        const auto& [number, row] = rows_.at(clip);
        const auto& table = tables_[number];
        ImportedClip imported;
        std::optional<std::size_t> frames;
        for (const auto& target : targets_[number]) {
            const auto numbers = numbers_of(table, row, target.column);
            if (!numbers) {
                continue;
            }
            if (!frames) {
                frames = numbers->size();
                imported.landmarks.assign(*frames * import_frame_values, not_detected);
            } else if (numbers->size() != *frames) {
                throw DataError{table.path(),
                                fmt::format("row {}, column {}: expected {} numbers as in the row's "
                                            "other lists, found {}",
                                            table.shown_number(row), table.columns()[target.column], *frames,
                                            numbers->size())};
            }
            for (std::size_t frame = 0; frame < *frames; ++frame) {
                imported.landmarks[frame * import_frame_values + target.place] = (*numbers)[frame];
            }
        }
        mark_missing(imported, Missing::zero_points);
        return imported;
    }

private:
    /// Adds the clips of a file as a split of the file's name.
    void add_table(TextTable table, const std::string& name) {
        auto split = name;
        std::ranges::replace(split, '/', '-');  // not allowed in the name of a split
        const auto label = table.column({"labels", "label"});
        const auto signer = table.find({"signer", "signer_id"});
        const auto fps = table.find({"video_fps", "fps"});
        for (std::size_t row = 0; row < table.rows(); ++row) {
            ListedClip clip{.name = fmt::format("{}/{}", name, row), .label = table.row(row)[label]};
            clip.signer = signer ? table.row(row)[*signer] : "";
            if (fps) {
                const auto& text = table.row(row)[*fps];
                std::from_chars(text.data(), text.data() + text.size(), clip.fps);
                clip.fps = clip.fps > 0 && clip.fps < 1000 ? clip.fps : 0;
            }
            listing_.splits[split].push_back(clip.name);
            listing_.clips.push_back(std::move(clip));
            rows_.emplace_back(tables_.size(), row);
        }
        targets_.push_back(targets_of(table));
        tables_.push_back(std::move(table));
    }

    Listing listing_;
    std::vector<TextTable> tables_;
    std::vector<std::vector<Target>> targets_;               ///< one list per table
    std::vector<std::pair<std::size_t, std::size_t>> rows_;  ///< table and row of each clip
};

}  // namespace

std::unique_ptr<Corpus> open_spoter(const CorpusOptions& options) {
    return std::make_unique<SpoterCorpus>(options);
}

}  // namespace sslslr::io
