#include "src/study/published.hpp"

#include <array>

namespace sslslr {
namespace {

struct PublishedResult {
    const char* data;
    const char* method;
    double top1;
    double top5;  ///< 0: none given
};

constexpr std::array published{
    PublishedResult{"ASL Citizen", "SignCLIP (Jiang 2024)", 46.00, 77.00},
    PublishedResult{"ASL Citizen", "SignRep (avg) (Wong 2025)", 37.47, 68.77},
    PublishedResult{"ASL Citizen", "SignRep (weighted) (Wong 2025)", 49.95, 80.09},
    PublishedResult{"ASL Citizen", "SSL-SLR", 47.06, 78.96},
    PublishedResult{"LSFB (700)", "Fink 2023", 54.40, 0},
    PublishedResult{"LSFB (700)", "SSL-SLR", 56.81, 0},
    PublishedResult{"LSA", "Masood 2018", 95.21, 0},
    PublishedResult{"LSA", "Alyami 2024", 98.25, 0},
    PublishedResult{"LSA", "SSL-SLR", 99.07, 0},
    PublishedResult{"GSL", "Adaloglou 2021", 89.74, 0},
    PublishedResult{"GSL", "Papadimitriou 2024", 96.25, 0},
    PublishedResult{"GSL", "SSL-SLR", 96.73, 0},
    PublishedResult{"WLASL-100", "PSLR (Tunga 2021)", 60.15, 83.98},
    PublishedResult{"WLASL-100", "SignBERT (Hu 2021)", 76.36, 91.09},
    PublishedResult{"WLASL-100", "BEST (Zhao 2023)", 77.91, 91.47},
    PublishedResult{"WLASL-100", "SignBERT+ (Hu 2023)", 79.84, 92.64},
    PublishedResult{"WLASL-100", "SSL-SLR", 77.95, 93.02},
    PublishedResult{"WLASL-300", "PSLR (Tunga 2021)", 42.18, 71.71},
    PublishedResult{"WLASL-300", "SignBERT (Hu 2021)", 62.72, 85.18},
    PublishedResult{"WLASL-300", "BEST (Zhao 2023)", 67.66, 89.22},
    PublishedResult{"WLASL-300", "SignBERT+ (Hu 2023)", 73.20, 90.42},
    PublishedResult{"WLASL-300", "SSL-SLR", 71.21, 90.74},
};

}  // namespace

nlohmann::json published_results() {
    nlohmann::json all = nlohmann::json::array();
    for (const auto& row : published) {
        nlohmann::json json{{"data", row.data},
                            {"method", row.method},
                            {"top1", row.top1},
                            {"top5", nullptr},
                            {"ours", std::string{row.method} == "SSL-SLR"}};
        if (row.top5 > 0) {
            json["top5"] = row.top5;
        }
        all.push_back(std::move(json));
    }
    return all;
}

}  // namespace sslslr
