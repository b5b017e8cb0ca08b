// Feeds mutated inputs to every reader: each must be read or refused with a DataError.
//
// usage: fuzz_readers COUNT [SEED] [ONLY]     ONLY: only targets whose name contains it
//
// Fails on any other exception, on a crash or sanitizer report, on an input that takes more than 20 seconds
// or more memory than a bound tied to the file's size, and on a damaged sealed file that is accepted with
// other content. The current input is in the folder printed at the start and stays there if the program dies.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <random>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>
#include <unistd.h>

#include "io/corpus/metadata.hpp"
#include "io/corpus/npy.hpp"
#include "io/corpus/open_corpus.hpp"
#include "io/corpus/pose_file.hpp"
#include "io/corpus/text_table.hpp"
#include "io/file/data_error.hpp"
#include "io/file/journal.hpp"
#include "io/hdf5/hdf5_output.hpp"
#include "io/store/training_clips.hpp"
#include "io/tensors/checkpoint_file.hpp"
#include "tests/io/corpus/corpus_files.hpp"
#include "tests/io/corpus/pose_bytes.hpp"
#include "tests/io/hdf5_files.hpp"
#include "tests/io/store_files.hpp"

namespace {

// Memory that the readers hold, counted by C++ allocations. libhdf5 allocates in C, but reads files that are
// not sealed in a child process.
std::atomic<std::int64_t> live_bytes{0};
std::atomic<std::int64_t> most_live_bytes{0};

void count(std::int64_t bytes) {
    const auto live = live_bytes += bytes;
    if (live > most_live_bytes) {
        most_live_bytes = live;
    }
}

void* allocate_or_not(std::size_t bytes) noexcept {
    void* const place = std::malloc(std::max<std::size_t>(bytes, 1));
    if (place != nullptr) {
        count(static_cast<std::int64_t>(malloc_usable_size(place)));
    }
    return place;
}

void* allocate(std::size_t bytes) {
    void* const place = allocate_or_not(bytes);
    if (place == nullptr) {
        throw std::bad_alloc{};
    }
    return place;
}

void release(void* place) {
    if (place != nullptr) {
        count(-static_cast<std::int64_t>(malloc_usable_size(place)));
        std::free(place);
    }
}

}  // namespace

void* operator new(std::size_t bytes) {
    return allocate(bytes);
}
void* operator new[](std::size_t bytes) {
    return allocate(bytes);
}
// Used by std::stable_sort.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return allocate_or_not(bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
    return allocate_or_not(bytes);
}
void operator delete(void* place) noexcept {
    release(place);
}
void operator delete[](void* place) noexcept {
    release(place);
}
void operator delete(void* place, std::size_t) noexcept {
    release(place);
}
void operator delete[](void* place, std::size_t) noexcept {
    release(place);
}

namespace sslslr::io::test {
namespace {

namespace fs = std::filesystem;

constexpr unsigned longest_seconds = 20;
constexpr std::int64_t most_memory_per_byte =
    256;  // per cell of a table or entry of JSON: a name, a node, an index
constexpr std::int64_t memory_of_nothing = 64 << 20;

/// A reader, and inputs that it accepts.
struct Target {
    std::string name;
    std::string file;  ///< the mutated file in the folder
    std::vector<std::string> seeds;
    std::function<void(const fs::path& folder)> read;
    /// If set, returns the content of the file: a mutation is either refused or leaves the content unchanged.
    std::function<std::string(const fs::path& folder)> content{};
};

template <class T>
std::string bytes_from(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string file_made_by(const fs::path& path, const std::function<void()>& make) {
    make();
    return read_text(path);
}

/// Reads every clip of a corpus, or has it refused. @throws DataError  the last refusal, if there is any
void read_all_clips(Corpus& corpus) {
    std::optional<DataError> refusal;
    for (std::size_t clip = 0; clip < corpus.listing().clips.size(); ++clip) {
        try {
            corpus.read(clip);
        } catch (const DataError& error) {
            refusal = error;
        }
    }
    if (refusal) {
        throw *refusal;
    }
}

std::function<void(const fs::path&)> corpus_reader(const std::string& format) {
    return [format](const fs::path& folder) {
        read_all_clips(*open_corpus({.format = format, .input = folder}));
    };
}

/// Returns a reader of arrays of one or two hands, in which -1 stands for a missing value.
std::function<void(const fs::path&)> hands_reader(const std::string& format, const std::string& hand) {
    return [format, hand](const fs::path& folder) {
        read_all_clips(*open_corpus({.format = format, .input = folder, .hand = hand, .missing = "-1"}));
    };
}

/// Returns a reader of a stack of clips with its labels. It writes the one of the two files that is not
/// mutated.
std::function<void(const fs::path&)> stack_reader(const std::string& other, const std::string& bytes) {
    return [other, bytes](const fs::path& folder) {
        write_bytes(folder / other, bytes);
        read_all_clips(*open_corpus({.format = "npy", .input = folder}));
    };
}

std::function<void(const fs::path&)> metadata_reader(const std::string& file, const std::string& kind) {
    return [file, kind](const fs::path& folder) {
        Listing listing{.clips = {{.name = "A"}, {.name = "b/B"}, {.name = "001_002_003"}}};
        apply_metadata(read_metadata(folder / file, kind), folder / file, listing);
    };
}

std::string utf16_of(const std::string& ascii) {
    std::string text = "\xFF\xFE";
    for (const char c : ascii) {
        text += {c, '\0'};
    }
    return text;
}

/// A frame of one person in OpenPose's format.
std::string openpose_frame(std::size_t body_points, double confidence) {
    const auto part = [&](std::size_t points) {
        return fmt::format("[{}]",
                           fmt::join(std::vector(points, fmt::format("120.5,80.25,{}", confidence)), ","));
    };
    return fmt::format(R"({{"version":1.3,"people":[{{"pose_keypoints_2d":{},"face_keypoints_2d":[],)"
                       R"("hand_left_keypoints_2d":{},"hand_right_keypoints_2d":{}}}]}})",
                       part(body_points), part(21), part(21));
}

std::vector<Target> corpora() {
    const auto floats = bytes_from(std::vector<float>(150, 0.5F));
    const auto zeros = [](std::size_t count) { return std::string(count * sizeof(float), '\0'); };
    const auto stack = npy_bytes("<f4", {2, 1, 75, 2}, zeros(300));
    const auto classes = npy_bytes("<i8", {2}, bytes_from(std::vector<std::int64_t>{0, 1}));
    PoseSketch pose;
    pose.values.assign(12, 20);
    pose.confidence.assign(6, 1);
    std::vector<std::string> poses;
    for (const float version : {0.0F, 0.1F, 0.2F}) {
        pose.version = version;
        poses.push_back(pose_bytes(pose));
    }
    pose.components = {{"BODY_135", {"LWrist", "LThumb1CMC"}}, {"LEFT_HAND", {"hand_8"}}};
    poses.push_back(pose_bytes(pose));
    pose.format = "XYZKC";
    pose.values.assign(24, 20);
    for (const float version : {0.0F, 0.2F}) {
        pose.version = version;
        poses.push_back(pose_bytes(pose));
    }
    return {
        {"npy",
         "a.npy",
         {npy_bytes("<f4", {1, 75, 2}, floats), npy_bytes("<f4", {2, 75}, floats, true),
          npy_bytes(">f2", {150, 2}, floats), npy_bytes("|u1", {4, 150}, floats)},
         corpus_reader("npy")},
        {"npy-flat",
         "a.npy",
         {npy_bytes("<f4", {2, 1662}, zeros(2 * 1662)), npy_bytes("<f4", {1, 1692}, zeros(1692)),
          npy_bytes("<f4", {1, 258}, zeros(258))},
         corpus_reader("npy")},
        {"npy-two-hands",
         "a.npy",
         {npy_bytes("<f4", {1, 2, 21, 3}, zeros(126)), npy_bytes("<f4", {2, 2, 21, 2}, zeros(168))},
         hands_reader("npy", "")},
        {"npy-one-hand",
         "a.npy",
         {npy_bytes("<f4", {2, 21, 3}, zeros(126)), npy_bytes("<f4", {2, 63}, zeros(126))},
         hands_reader("npy", "left")},
        {"npy-stack",
         "X.npy",
         {stack, npy_bytes("<f4", {2, 1, 126}, zeros(252))},
         stack_reader("y.npy", classes)},
        {"npy-stack-labels",
         "y.npy",
         {classes, npy_bytes("<f4", {2, 2}, bytes_from(std::vector<float>{0, 1, 1, 0}))},
         stack_reader("X.npy", stack)},
        {"pose", "a.pose", poses, corpus_reader("pose")},
        {"mp-data",
         "hello/0/0.npy",
         {npy_bytes("<f8", {126}, bytes_from(std::vector<double>(126, 0.5)))},
         corpus_reader("mp-data")},
        {"mp-data-sequence",
         "hello/0.npy",
         {npy_bytes("<f4", {2, 63}, zeros(126)), npy_bytes("<f4", {1, 21, 3}, zeros(63))},
         hands_reader("mp-data", "right")},
        {"asl-citizen",
         "train.csv",
         {"Participant ID,Video file,Gloss,ASL-LEX Code\nP1,\"A.mp4\",\"TEA, \"\"X\"\"\",C\nP2,B.mp4,NO,C\n"},
         metadata_reader("", "asl-citizen")},
        {"spoter",
         "a.csv",
         {"nose_X,nose_Y,wrist_0_X,wrist_0_Y,labels\n\"[0.1, 0.2]\",\"[0.3, 0.4]\",\"[1, 2]\",\"[3, "
          "4]\",1\n"},
         corpus_reader("spoter")},
        {"lsfb",
         "instances.csv",
         {"id,sign,signer,start,end\nA,TEA,S1,0,9\nB,NO,S2,5,9\n"},
         metadata_reader("", "lsfb")},
        {"gsl",
         "train_greek_iso.csv",
         {"police1_signer1_rep1_glosses/A|\xCE\x93\nx/B|C\n"},
         metadata_reader("", "gsl")},
        {"lsa64", "labels.txt", {"01|Opaque|R\n02,Red,B\n"}, metadata_reader("labels.txt", "lsa64")},
        {"wlasl",
         "w.json",
         {R"([{"gloss":"book","instances":[{"video_id":"A","split":"train","signer_id":1,"fps":25,)"
          R"("frame_start":1,"frame_end":-1},{"video_id":"B"}]}])"},
         metadata_reader("w.json", "auto")},
        {"nslt",
         "n.json",
         {R"({"A": {"subset": "train", "action": [0, 1, 10]},)"
          R"("B": {"subset": "test", "action": [12, 3, -1]}})"},
         metadata_reader("n.json", "auto")},
        {"openpose",
         "A/image_00001_keypoints.json",
         {openpose_frame(25, 0.5), openpose_frame(18, 1)},
         corpus_reader("openpose")},
        {"csv-utf16",
         "u.csv",
         {utf16_of("clip;label;split\nA;TEA;train\nb\\B.MP4;NO;test\n")},
         metadata_reader("u.csv", "csv")},
        {"csv",
         "m.csv",
         {"clip,label,signer,split,fps\nA,TEA,S1,train,25\nB,NO,,,\n"},
         metadata_reader("m.csv", "csv")},
    };
}

std::string values_of_store(const fs::path& path) {
    const auto store = ClipStore::open({path.string()});
    return fmt::format("{} ", store.fingerprint()) + bytes_of(read_all(store));
}

std::string values_of_checkpoint(const fs::path& path) {
    std::string all;
    for (const auto& [name, tensor] : read_checkpoint(path).tensors) {
        all += name + std::string{static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
    }
    return all;
}

std::string values_of_training_clips(const fs::path& path) {
    const auto clips = read_training_clips(path);
    std::string values = clips.data;
    for (std::size_t clip = 0; clip < clips.numbers.size(); ++clip) {
        const auto& print = clips.prints[clip];
        values +=
            fmt::format(" {} {} {}", clips.numbers[clip], print.frames, fmt::join(print.trajectories, ","));
    }
    return values;
}

/// Targets that are sealed files: whatever is accepted must hold what was written.
std::vector<Target> sealed_files(const fs::path& folder) {
    const auto path = folder / "seed.h5";
    std::vector<Target> targets;
    for (const bool is_compressed : {false, true}) {
        Target target{.name = is_compressed ? "store-compressed" : "store", .file = "a.h5"};
        target.seeds = {file_made_by(
            path, [&] { write_sample(path, sample_index(), {.is_compressed = is_compressed}); })};
        target.content = [](const fs::path& at) { return values_of_store(at / "a.h5"); };
        targets.push_back(std::move(target));
    }
    Target checkpoint{.name = "checkpoint", .file = "a.h5"};
    checkpoint.seeds = {file_made_by(path, [&] {
        write_checkpoint(path, {.tensors = {{"model/a.b", at::arange(30)}, {"step", at::ones({3, 4})}},
                                .attributes = {{"config", "x = 1"}}});
    })};
    checkpoint.content = [](const fs::path& at) {
        is_checkpoint(at / "a.h5");
        return values_of_checkpoint(at / "a.h5");
    };
    targets.push_back(std::move(checkpoint));
    Target training{.name = "training-clips", .file = "a.h5"};
    training.seeds = {file_made_by(path, [&] {
        ClipPrint print{.frames = 30};
        print.trajectories.fill(7);
        write_training_clips(path, {.data = "0123456789abcdef", .numbers = {4, 2}, .prints = {print, {}}});
    })};
    training.content = [](const fs::path& at) { return values_of_training_clips(at / "a.h5"); };
    targets.push_back(std::move(training));
    return targets;
}

/// Writes a file with everything that is looked for besides arrays: facts as datasets and attributes, links,
/// values elsewhere.
void write_groups_of_clips(const fs::path& path) {
    const hdf5::Shape shape{2, 75, 2};
    const Hdf5Sketch sketch{path};
    sketch.put("/a/landmarks", shape);
    sketch.put_text("/a/label", "tea");
    sketch.put("/a/fps", {}, 25, H5T_IEEE_F64LE);
    sketch.put("/b/0", shape, 0.5F, H5T_STD_I16BE, in_chunks({1, 75, 2}, 0.25F).id());
    sketch.put_attribute("/b", "gloss", "no");
    sketch.put_attribute("/b/0", "signer", 3);
    sketch.create("/b/1", H5T_IEEE_F32LE, shape, as_virtual(shape, {{".", "/a/landmarks", 2}}).id());
    H5Lcreate_soft("/a/landmarks", sketch.id(), "/b/soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("a.h5", "/a", sketch.id(), "/b/external", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(sketch.id(), "/b", sketch.id(), "/b/up", H5P_DEFAULT, H5P_DEFAULT);
}

std::vector<Target> foreign_files(const fs::path& folder) {
    const auto path = folder / "seed.h5";
    const auto read_store = [](const fs::path& at) { read_all(ClipStore::open({(at / "a.h5").string()})); };
    Target foreign{.name = "foreign-store", .file = "a.h5", .seeds = {}, .read = read_store};
    for (const bool is_compressed : {false, true}) {
        foreign.seeds.push_back(
            file_made_by(path, [&] { write_foreign(path, sample_index(), is_compressed); }));
    }
    Target arrays{.name = "hdf5", .file = "a.h5", .seeds = {}, .read = corpus_reader("hdf5")};
    for (const std::string group : {"/tea", "/keypoints"}) {
        arrays.seeds.push_back(file_made_by(path, [&] {
            hdf5::OutputFile file{path};
            for (const auto& [name, shape] : {std::pair{group + "/a", hdf5::Shape{1, 75, 2}},
                                              std::pair{std::string{"/visibility/a"}, hdf5::Shape{1, 75}}}) {
                if (group == "/keypoints" || name != "/visibility/a") {
                    auto dataset = file.create(name, H5T_IEEE_F32LE, shape);
                    file.write(dataset, name, H5T_NATIVE_FLOAT, std::vector<float>(150, 0.5F).data());
                    file.finish(std::move(dataset), name);
                }
            }
            file.close();
        }));
    }
    arrays.seeds.push_back(file_made_by(path, [&] { write_groups_of_clips(path); }));
    return {std::move(foreign), std::move(arrays)};
}

Target journal(const fs::path& folder) {
    const auto path = folder / "seed.jsonl";
    return {.name = "journal",
            .file = "j.jsonl",
            .seeds = {file_made_by(
                path,
                [&] {
                    const std::vector<nlohmann::json> records{{{"what", "claim"}, {"job", "x"}},
                                                              {{"result", {1, 2, 3}}}};
                    append(PosixFile{path, PosixFile::Access::create}, records, Durability::handed_over);
                })},
            .read = [](const fs::path& at) { JournalReader{at / "j.jsonl"}.read_new(); }};
}

/// Makes up to four changes to an input.
class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_{seed} {}

    std::string operator()(std::string bytes, const std::string& other) {
        for (auto times = 1 + below(4); times > 0; --times) {
            change(bytes, other);
        }
        return bytes;
    }
    std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }

private:
    void change(std::string& bytes, const std::string& other) {
        const auto at = below(bytes.size());
        switch (bytes.empty() ? 5 : below(9)) {
            case 0:
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                break;
            case 1:
                bytes[at] = static_cast<char>(below(256));
                break;
            case 2:
                bytes.resize(at);
                break;
            case 3:
                overwrite(bytes, at);
                break;
            case 4:
                bytes.erase(at, 1 + below(16));
                break;
            case 5:
                bytes.insert(at, std::string(1 + below(64), static_cast<char>(below(256))));
                break;
            case 6:
                bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(256)));
                break;
            case 7:
                if (!other.empty()) {
                    bytes.replace(at, 1 + below(64), other.substr(below(other.size()), 1 + below(64)));
                }
                break;
            default:
                change_digit(bytes, at);
        }
    }
    /// Writes a number that is dangerous to trust.
    void overwrite(std::string& bytes, std::size_t at) {
        static constexpr std::uint64_t bad[]{0,      1,          0x7F,       0xFF,           0x7FFF,
                                             0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1ULL << 40,     1ULL << 62,
                                             ~0ULL,  0x7F800000, 0x7FC00000, 0xFFF8ULL << 48};
        const auto value = bad[below(std::size(bad))];
        const auto width = std::size_t{1} << below(4);
        std::memcpy(bytes.data() + at, &value, std::min(width, bytes.size() - at));
    }
    /// Repeats a digit, because headers and tables hold sizes in digits.
    void change_digit(std::string& bytes, std::size_t at) {
        const auto digit = bytes.find_first_of("0123456789", at);
        if (digit != std::string::npos) {
            bytes.replace(digit, 1, std::string(1 + below(20), static_cast<char>('0' + below(10))));
        }
    }

    std::mt19937_64 random_;
};

[[noreturn]] void too_long(int) {
    constexpr char text[] = "\nfuzz_readers: an input takes too long\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, sizeof text - 1);
    std::abort();
}

/// Reads one input. @return what went wrong, or an empty text
std::string problem_with(const Target& target, const fs::path& folder, const std::string& expected,
                         bool& accepted) {
    const auto bytes = static_cast<std::int64_t>(fs::file_size(folder / target.file));
    const auto before = live_bytes.load();
    most_live_bytes = before;
    ::alarm(longest_seconds);
    accepted = true;
    std::string problem;
    try {
        if (target.content) {
            if (target.content(folder) != expected) {
                problem = "a damaged file was accepted with other content";
            }
        } else {
            target.read(folder);
        }
    } catch (const DataError&) {
        accepted = false;
    } catch (const std::exception& error) {
        problem = std::string{"neither read nor refused by a DataError: "} + error.what();
    }
    ::alarm(0);
    const auto taken = most_live_bytes - before;
    const auto bound = memory_of_nothing + most_memory_per_byte * bytes;
    if (problem.empty() && taken > bound) {
        problem = fmt::format("{} bytes of memory for a file of {}", taken, bytes);
    }
    return problem;
}

int run(std::size_t inputs, std::uint64_t seed, const std::string& only) {
    const TemporaryFolder folder;
    auto targets = corpora();
    for (auto& target : sealed_files(folder.path())) {
        targets.push_back(std::move(target));
    }
    for (auto& target : foreign_files(folder.path())) {
        targets.push_back(std::move(target));
    }
    targets.push_back(journal(folder.path()));
    std::erase_if(targets, [&](const Target& each) { return each.name.find(only) == std::string::npos; });
    std::signal(SIGALRM, too_long);
    fmt::print("inputs are in {}\n", folder.path().string());

    Mutator mutate{seed};
    std::map<std::string, std::pair<std::size_t, std::size_t>> counts;  // inputs, accepted
    std::size_t problems = 0;
    for (std::size_t i = 0; i < inputs; ++i) {
        const auto& target = targets[i % targets.size()];
        const auto work = folder / target.name;
        const auto& original = target.seeds[mutate.below(target.seeds.size())];
        std::string expected;
        if (target.content) {
            write_bytes(work / target.file, original);
            expected = target.content(work);
        }
        write_bytes(work / target.file, mutate(original, target.seeds[mutate.below(target.seeds.size())]));
        bool accepted = false;
        const auto problem = problem_with(target, work, expected, accepted);
        auto& [all, taken] = counts[target.name];
        ++all;
        taken += accepted ? 1 : 0;
        if (!problem.empty()) {
            const auto kept = fmt::format("fuzz-{}-{}-{}", target.name, seed, i);
            fs::copy_file(work / target.file, kept, fs::copy_options::overwrite_existing);
            fmt::print("{}: {}; the input is kept as {}\n", target.name, problem, kept);
            ++problems;
        }
    }
    for (const auto& [name, count] : counts) {
        fmt::print("{:<18} {:>6} inputs, {:>6} accepted\n", name, count.first, count.second);
    }
    fmt::print("{} inputs, {} problems\n", inputs, problems);
    return problems == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sslslr::io::test

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("usage: fuzz_readers COUNT [SEED] [ONLY]\n", stderr);
        return 2;
    }
    return sslslr::io::test::run(std::strtoull(argv[1], nullptr, 10),
                                 argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1, argc > 3 ? argv[3] : "");
}
